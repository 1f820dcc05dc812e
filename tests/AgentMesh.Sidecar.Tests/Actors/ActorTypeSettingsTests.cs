using System.Text;
using System.Text.Json;
using AgentMesh.Sidecar.Actors;

namespace AgentMesh.Sidecar.Tests.Actors;

public sealed class ActorTypeSettingsTests
{
    [Fact]
    public void Parse_TypeSettingsWinOverTheCommonOnes()
    {
        var types = ActorTypeSettings.Parse(
            """{"entities":["A","B"],"actorIdleTimeout":"0h1m0s0ms","drainOngoingCallTimeout":"20s","entitiesConfig":[{"entities":["B","C"],"actorIdleTimeout":"10s"}]}"""u8.ToArray());

        Assert.Equal(
            [new("A", TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(20)), new("B", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20))], types);
    }

    [Theory]
    [InlineData("""{"entities":["A"]}""")]
    [InlineData("""{"entities":["A","A"],"actorIdleTimeout":"soon"}""")]
    [InlineData("""{"entities":["A",1],"actorIdleTimeout":"0s"}""")]
    public void Parse_WithoutUsableDurations_KeepsDaprdsDefaults(string json) =>
        Assert.Equal([new("A", TimeSpan.FromHours(1), TimeSpan.FromSeconds(2))], ActorTypeSettings.Parse(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"entities":null}""")]
    public void Parse_WithoutEntities_HostsNothing(string json) => Assert.Empty(ActorTypeSettings.Parse(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("[]")]
    [InlineData("no")]
    public void Parse_AnotherDocument_Throws(string json) => Assert.ThrowsAny<JsonException>(() => ActorTypeSettings.Parse(Encoding.UTF8.GetBytes(json)));
}
