using System.Text;
using System.Text.Json;
using AgentMesh.Sidecar.Actors;

namespace AgentMesh.Sidecar.Tests.Actors;

public sealed class ActorStateRequestTests
{
    [Fact]
    public void Parse_TakesValuesOverByteForByte()
    {
        var operations = ActorStateRequest.Parse(
            """[{"operation":"upsert","request":{"key":"k1","value":{ "b":1.0, "a":"é\u00e9" }}},{"operation":"upsert","request":{"value":[1,2],"key":"k2"}},{"operation":"delete","request":{"key":"k3"}},{"request":{"key":"k4","value":null},"operation":"upsert","extra":{"x":[1]}}]"""u8,
            "app||T||1||");

        Assert.Equal(["app||T||1||k1", "app||T||1||k2", "app||T||1||k3", "app||T||1||k4"], operations.Select(operation => operation.Key));
        Assert.Equal(["""{ "b":1.0, "a":"é\u00e9" }""", "[1,2]", null, "null"], operations.Select(operation => operation.Value is null ? null : Encoding.UTF8.GetString(operation.Value)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("[")]
    [InlineData("[] []")]
    [InlineData("""[{"operation":"increment","request":{"key":"k"}}]""")]
    [InlineData("""[{"request":{"key":"k"}}]""")]
    [InlineData("""[{"operation":"upsert"}]""")]
    [InlineData("""[{"operation":"upsert","request":{"key":""}}]""")]
    [InlineData("""[{"operation":"upsert","request":{"key":1}}]""")]
    [InlineData("""[{"operation":"upsert","request":[]}]""")]
    [InlineData("""[{"operation":"upsert","request":{"key":"k","value":{"a":}}}]""")]
    public void Parse_AnythingElse_IsRefused(string body) =>
        Assert.ThrowsAny<JsonException>(() => ActorStateRequest.Parse(Encoding.UTF8.GetBytes(body), "p"));

    [Fact]
    public void Parse_TimeToLive_IsRefusedAsDaprdDoesWithoutTheFlag() =>
        Assert.Contains("ActorStateTTL", Assert.Throws<NotSupportedException>(() => ActorStateRequest.Parse(
            """[{"operation":"upsert","request":{"key":"k","value":1,"metadata":{"ttlInSeconds":"90"}}}]"""u8, "p")).Message, StringComparison.Ordinal);
}
