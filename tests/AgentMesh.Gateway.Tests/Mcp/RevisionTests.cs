using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentMesh.Gateway.Tests.Mcp;

/// <summary>How clients of each revision begin, and what they are told of the server.</summary>
public sealed class RevisionTests(McpFixture fixture) : IClassFixture<McpFixture>
{
    public static TheoryData<string> WithHandshake => [.. Revisions.All[..^1]];

    [Theory]
    [MemberData(nameof(WithHandshake))]
    public async Task Handshake_IsAnsweredInTheRevisionOfTheClient_WithoutASession(string revision)
    {
        var client = new RawMcp(fixture.Owner, revision);
        using var request = client.Request("initialize", new JsonObject
        {
            ["protocolVersion"] = revision,
            ["capabilities"] = new JsonObject(),
            ["clientInfo"] = new JsonObject { ["name"] = "test", ["version"] = "1" },
        });
        using var response = await fixture.Owner.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.False(response.Headers.Contains("Mcp-Session-Id"));
        var result = (await RawMcp.MessageOf(response)).GetProperty("result");
        Assert.Equal(revision, result.GetProperty("protocolVersion").GetString());
        Assert.Equal("agentmesh/alice", result.GetProperty("serverInfo").GetProperty("name").GetString());
        // The SDK's own, which it has for clients that ask for it: nothing is logged to them.
        Assert.Equal(["completions", "logging", "prompts", "resources", "tools"], CapabilitiesOf(result));

        using var initialized = client.Raw("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        using var accepted = await fixture.Owner.SendAsync(initialized, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.Empty((await client.ResultAsync("ping")).EnumerateObject());
    }

    [Fact]
    public async Task Newest_Discovers()
    {
        var result = await new RawMcp(fixture.Owner).ResultAsync("server/discover");
        Assert.Contains(Revisions.Newest, result.GetProperty("supportedVersions").EnumerateArray().Select(version => version.GetString()));
        Assert.Equal(["completions", "extensions", "prompts", "resources", "tools"], CapabilitiesOf(result));
    }

    [Fact]
    public async Task Stranger_IsShownToolsAlone()
    {
        var result = await new RawMcp(fixture.Stranger).ResultAsync("server/discover");
        Assert.Equal(["extensions", "tools"], CapabilitiesOf(result));
    }

    [Theory]
    [InlineData("initialize")]
    [InlineData("ping")]
    [InlineData("logging/setLevel")]
    [InlineData("resources/subscribe")]
    public async Task WhatTheNewestHasNoLonger_IsNotFound(string method)
    {
        using var request = new RawMcp(fixture.Owner).Request(method);
        using var response = await fixture.Owner.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(-32601, (await RawMcp.MessageOf(response)).GetProperty("error").GetProperty("code").GetInt32());
    }

    private static IEnumerable<string> CapabilitiesOf(JsonElement result) =>
        result.GetProperty("capabilities").EnumerateObject().Select(capability => capability.Name).Order(StringComparer.Ordinal);
}
