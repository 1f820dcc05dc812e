using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Tests.Mcp;

/// <summary>The SDK's own client, through the whole pipeline in memory.</summary>
public sealed class SdkClientTests(McpFixture fixture) : IClassFixture<McpFixture>
{
    public static TheoryData<string> AllRevisions => [.. Revisions.All];

    [Theory]
    [MemberData(nameof(AllRevisions))]
    public async Task Client_DoesWhatThereIs(string revision)
    {
        fixture.Sidecar.Reset();
        await using var client = await ConnectAsync(fixture.Owner, revision);
        Assert.Equal((revision, "agentmesh/alice"), (client.NegotiatedProtocolVersion, client.ServerInfo?.Name));
        Assert.Equal(9, (await client.ListToolsAsync(cancellationToken: Cancellation)).Count);
        var sent = await client.CallToolAsync("send_message", new Dictionary<string, object?> { ["content"] = "hi" }, cancellationToken: Cancellation);
        Assert.NotEqual(true, sent.IsError);
        Assert.Contains("You said: hi", Assert.IsType<TextContentBlock>(Assert.Single(sent.Content)).Text, StringComparison.Ordinal);
        Assert.Equal(2, (await client.ListResourcesAsync(cancellationToken: Cancellation)).Count);
        var history = await client.ReadResourceAsync("agent://alice/history", cancellationToken: Cancellation);
        Assert.Contains("You said: hi", Assert.IsType<TextResourceContents>(Assert.Single(history.Contents)).Text, StringComparison.Ordinal);
        Assert.Equal(2, (await client.GetPromptAsync("catch_up", cancellationToken: Cancellation)).Messages.Count);
        var completion = await client.CompleteAsync(new PromptReference { Name = "catch_up" }, "sessionId", "a", cancellationToken: Cancellation);
        Assert.Equal(["abc"], completion.Completion.Values);
    }

    [Fact]
    public async Task Refusal_ReachesTheCaller()
    {
        fixture.Sidecar.Reset();
        await using var client = await ConnectAsync(fixture.Owner, Revisions.Newest);
        var result = await client.CallToolAsync("get_history", new Dictionary<string, object?> { ["limit"] = 0 }, cancellationToken: Cancellation);
        Assert.True(result.IsError);
        Assert.Equal("invalid_request: limit must be at least 1.", Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text);
        await Assert.ThrowsAsync<McpProtocolException>(async () => await client.CallToolAsync("nothing", cancellationToken: Cancellation));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Task<McpClient> ConnectAsync(HttpClient http, string revision) => McpClient.CreateAsync(
        new HttpClientTransport(new HttpClientTransportOptions { Endpoint = new Uri("http://localhost/agent/alice/mcp"), TransportMode = HttpTransportMode.StreamableHttp }, http),
        new McpClientOptions { ProtocolVersion = revision },
        cancellationToken: Cancellation);
}
