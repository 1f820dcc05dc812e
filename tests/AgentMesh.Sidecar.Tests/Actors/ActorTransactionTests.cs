using System.Text;
using System.Text.Json;
using AgentMesh.Sidecar.StateApi;

namespace AgentMesh.Sidecar.Tests.Actors;

public sealed class ActorTransactionTests
{
    private static readonly StateBody Body = new(null);

    [Fact]
    public void Read_TakesValuesOverByteForByte()
    {
        var items = Body.ReadActorTransaction(
            """[{"operation":"upsert","request":{"key":"k1","value":{ "b":1.0, "a":"é\u00e9" }}},{"operation":"upsert","request":{"value":[1,2],"key":"k2"}},{"operation":"delete","request":{"key":"k3"}},{"request":{"key":"k4","value":null},"operation":"upsert","extra":{"x":[1]}},{"operation":"upsert","request":{"key":"k5"}}]"""u8);

        Assert.Equal(["k1", "k2", "k3", "k4", "k5"], items.Select(item => item.Key));
        Assert.Equal(["""{ "b":1.0, "a":"é\u00e9" }""", "[1,2]", null, "null", "null"], items.Select(item => item.Value is null ? null : Encoding.UTF8.GetString(item.Value)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("null")]
    [InlineData("[null]")]
    [InlineData("[")]
    [InlineData("[] []")]
    [InlineData("""[{"operation":"increment","request":{"key":"k"}}]""")]
    [InlineData("""[{"request":{"key":"k"}}]""")]
    [InlineData("""[{"operation":"upsert"}]""")]
    [InlineData("""[{"operation":"upsert","request":{"key":""}}]""")]
    [InlineData("""[{"operation":"upsert","request":{"value":1}}]""")]
    [InlineData("""[{"operation":"upsert","request":{"key":null}}]""")]
    [InlineData("""[{"operation":"upsert","request":{"key":1}}]""")]
    [InlineData("""[{"operation":"upsert","request":[]}]""")]
    [InlineData("""[{"operation":"upsert","request":{"key":"k","value":{"a":}}}]""")]
    public void Read_AnythingElse_IsRefused(string body) =>
        Assert.ThrowsAny<JsonException>(() => Body.ReadActorTransaction(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void Read_TellsTheTimeToLive() =>
        Assert.Equal(["90", null], Body.ReadActorTransaction(
            """[{"operation":"upsert","request":{"key":"k","value":1,"metadata":{"ttlInSeconds":"90"}}},{"operation":"upsert","request":{"key":"l","metadata":{}}}]"""u8).Select(item => item.Ttl));
}
