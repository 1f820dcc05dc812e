using System.Text.Json.Nodes;
using AgentMesh.Gateway.Mcp;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Tests.Mcp;

/// <summary>How many calls run at a time, of an agent and of a tool.</summary>
public sealed class CallLimitTests
{
    private static readonly AgentKey Alice = new(TenantId.Default, UserId.Parse("alice"));
    private static readonly AgentKey Bob = new(TenantId.Default, UserId.Parse("bob"));

    private readonly McpCallLimits _limits = new(new McpEndpointOptions { MaxCallsPerAgent = 3, MaxCallsPerTool = 2 });

    [Fact]
    public void EachTool_HasItsLimit_AndTheAgentHasOne()
    {
        var first = _limits.Begin(Alice, "a");
        Assert.False(first.IsRefused);
        Assert.False(_limits.Begin(Alice, "a").IsRefused);
        Assert.Equal("too_many_calls", _limits.Begin(Alice, "a").Refusal?.Code);
        Assert.False(_limits.Begin(Alice, "b").IsRefused);
        Assert.Equal("too_many_calls", _limits.Begin(Alice, "c").Refusal?.Code);
        Assert.False(_limits.Begin(Bob, "a").IsRefused);

        first.Value!.Dispose();
        first.Value.Dispose();
        Assert.False(_limits.Begin(Alice, "a").IsRefused);
        Assert.True(_limits.Begin(Alice, "a").IsRefused);
    }

    [Fact]
    public async Task CallOverTheLimit_IsToldSo_AndTheNextIsServed()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        await using var gateway = new GatewayServer(
            sidecar, null, new("AgentMesh:Mcp:MaxCallsPerAgent", "1"), new("AgentMesh:Mcp:MaxCallsPerTool", "1"));
        sidecar.Agent = McpFixture.Answer;
        var answer = new TaskCompletionSource();
        sidecar.Then(async context =>
        {
            await answer.Task;
            await FakeSidecar.Text(200, FakeSidecar.PostedReply)(context);
        });
        var client = new RawMcp(gateway.Client());
        var running = client.CallAsync("send_message", """{"content":"hi"}""");
        await sidecar.NextCallAsync();
        var refused = await client.CallAsync("get_budget");
        Assert.Equal("too_many_calls: The agent serves 1 requests at a time here.", refused.GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Equal(-32603, (await client.ErrorAsync("resources/read", new JsonObject { ["uri"] = "agent://alice/info" })).Code);
        answer.SetResult();
        await running;
        Assert.False((await client.CallAsync("get_budget")).TryGetProperty("isError", out _));
    }
}
