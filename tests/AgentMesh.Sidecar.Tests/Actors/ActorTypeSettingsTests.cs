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
    [InlineData("""{"entities":["A"]}""", 0)]
    [InlineData("""{"entities":["A"],"reentrancy":{"enabled":false,"maxStackDepth":8}}""", 0)]
    [InlineData("""{"entities":["A"],"reentrancy":{"enabled":true}}""", 32)]
    [InlineData("""{"entities":["A"],"reentrancy":{"enabled":true,"maxStackDepth":8}}""", 8)]
    [InlineData("""{"entities":["A"],"reentrancy":{"enabled":true,"maxStackDepth":0}}""", 32)]
    [InlineData("""{"entities":["A"],"reentrancy":{"enabled":true},"entitiesConfig":[{"entities":["A"],"reentrancy":{"enabled":false}}]}""", 0)]
    [InlineData("""{"entities":["A"],"reentrancy":{"enabled":false},"entitiesConfig":[{"entities":["A"],"reentrancy":{"enabled":true,"maxStackDepth":3}}]}""", 3)]
    [InlineData("""{"entities":["A"],"reentrancy":{"enabled":true},"entitiesConfig":[{"entities":["A"],"actorIdleTimeout":"1s"}]}""", 32)]
    public void Parse_Reentrancy(string json, int depth) => Assert.Equal(depth, Assert.Single(ActorTypeSettings.Parse(Encoding.UTF8.GetBytes(json))).MaxStackDepth);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"entities":null}""")]
    public void Parse_WithoutEntities_HostsNothing(string json) => Assert.Empty(ActorTypeSettings.Parse(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("[]")]
    [InlineData("no")]
    public void Parse_AnotherDocument_Throws(string json) => Assert.ThrowsAny<JsonException>(() => ActorTypeSettings.Parse(Encoding.UTF8.GetBytes(json)));
}
