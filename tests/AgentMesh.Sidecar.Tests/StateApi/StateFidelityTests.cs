using System.Text;
using System.Text.Json.Nodes;
using AgentMesh.Sidecar.StateApi;
using AgentMesh.Testing;

namespace AgentMesh.Sidecar.Tests.StateApi;

/// <summary>The table of numbers as daprd with Redis stores them; it holds the sidecar's switch and the tests' stand-in together.</summary>
public sealed class StateFidelityTests
{
    [Theory]
    [InlineData("0.1234567891", "0.123457")]
    [InlineData("19.999999999", "20")]
    [InlineData("-1.0000004", "-1")]
    [InlineData("0.0000001", "0")]
    [InlineData("1e-9", "0")]
    [InlineData("0.000001", "0.000001")]
    [InlineData("1234.56", "1234.56")]
    [InlineData("12345678", "12345678")]
    [InlineData("83886079", "83886079")]
    [InlineData("83886079.1234567", "83886079.1234567")]
    [InlineData("83886078.1234567", "83886078.123457")]
    [InlineData("123456789.123456789", "123456789.12345679")]
    [InlineData("9007199254740992", "9007199254740992")]
    [InlineData("9007199254740993", "9007199254740992")]
    [InlineData("123456789012345678", "123456789012345680")]
    [InlineData("-0.5", "-0.5")]
    [InlineData("0", "0")]
    [InlineData("\"<a>&\"", "\"<a>&\"")]
    [InlineData("[1.0,true,null,{}]", "[1,true,null,{}]")]
    public void Number(string written, string stored)
    {
        Assert.Equal(stored, Encoding.UTF8.GetString(new StateFidelity(1).Apply(Encoding.UTF8.GetBytes(written))));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(stored), JsonNode.Parse(DaprdFidelity.Damage(written, 1))), "the tests' stand-in differs");
    }

    [Fact]
    public void Members_AreShuffled_TheSameWayForTheSameSeed()
    {
        var json = Encoding.UTF8.GetBytes("""{"a":1,"b":{"c":2,"d":3},"e":4,"f":5,"g":6}""");
        var stored = new StateFidelity(1).Apply(json);
        Assert.Equal(stored, new StateFidelity(1).Apply(json));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), JsonNode.Parse(stored)));
        Assert.Contains(Enumerable.Range(0, 20), seed => !new StateFidelity(seed).Apply(json).AsSpan().SequenceEqual(json));
    }

    [Fact]
    public void WhatIsNoJson_StaysAsItIs() => Assert.Equal("no json"u8.ToArray(), new StateFidelity(1).Apply("no json"u8.ToArray()));
}
