using System.Text;
using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.Resiliency;

namespace AgentMesh.Sidecar.Tests.PubSub;

public sealed class DeliveryAnswerTests
{
    [Theory]
    [InlineData(200, "", nameof(AttemptOutcome.Success))]
    [InlineData(204, "", nameof(AttemptOutcome.Success))]
    [InlineData(299, "not json", nameof(AttemptOutcome.Success))]
    [InlineData(200, "{}", nameof(AttemptOutcome.Success))]
    [InlineData(200, "[1]", nameof(AttemptOutcome.Success))]
    [InlineData(200, """{"status":"SUCCESS"}""", nameof(AttemptOutcome.Success))]
    [InlineData(200, """{"status":""}""", nameof(AttemptOutcome.Success))]
    [InlineData(200, """{"status":null}""", nameof(AttemptOutcome.Success))]
    [InlineData(200, """{"status":3}""", nameof(AttemptOutcome.Success))]
    [InlineData(200, """{"Status":"RETRY"}""", nameof(AttemptOutcome.Failed))]
    [InlineData(200, """{"status":"RETRY"}""", nameof(AttemptOutcome.Failed))]
    [InlineData(200, """{"status":"success"}""", nameof(AttemptOutcome.Failed))]
    [InlineData(200, """{"status":"DROP"}""", nameof(AttemptOutcome.Dropped))]
    [InlineData(404, """{"status":"SUCCESS"}""", nameof(AttemptOutcome.Dropped))]
    [InlineData(300, "", nameof(AttemptOutcome.Failed))]
    [InlineData(400, "", nameof(AttemptOutcome.Failed))]
    [InlineData(500, """{"status":"DROP"}""", nameof(AttemptOutcome.Failed))]
    public void Answer_IsJudgedAsDaprdJudgesIt(int status, string body, string expected) =>
        Assert.Equal(expected, DeliveryAnswer.Judge(status, Encoding.UTF8.GetBytes(body)).Outcome.ToString());
}
