using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Tests.Watching;
using AgentMesh.Gateway.Watching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Gateway.Tests.Mcp;

/// <summary>Messages that a model answers, and tools that take too long.</summary>
public sealed class SlowToolTests : WatchTest
{
    [Fact]
    public async Task Message_WaitsForTheEndOfItsTurn()
    {
        Agent.IsModel = true;
        await using var gateway = Start();
        var call = Client(gateway).CallAsync("send_message", """{"content":"hi"}""");
        await KnownAsync(gateway);
        await AnnounceAsync(gateway, Seq(Agent.Complete("t1", "Hello")));
        Assert.Equal(
            """{"status":"completed","turnId":"t1","sessionId":"default","response":"Hello","messageCount":2,"seq":2}""",
            (await call).GetProperty("structuredContent").GetRawText());
    }

    [Fact]
    public async Task TurnThatWaitsForBudget_IsSaidToWait()
    {
        Agent.IsModel = true;
        await using var gateway = Start();
        var call = Client(gateway).CallAsync("send_message", """{"content":"hi"}""");
        await KnownAsync(gateway);
        await AnnounceAsync(gateway, Seq(Agent.Pause("t1")));
        Assert.StartsWith("budget_exceeded: There is not enough. (turnId: t1; scope: agent; ", TextOf(await call), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TurnStatus.Failed, "turn_failed")]
    [InlineData(TurnStatus.Canceled, "turn_canceled")]
    public async Task TurnWithoutAnAnswer_SaysWhy(string status, string code)
    {
        Agent.IsModel = true;
        await using var gateway = Start();
        var call = Client(gateway).CallAsync("send_message", """{"content":"hi"}""");
        await KnownAsync(gateway);
        await AnnounceAsync(gateway, Seq(Agent.Fail("t1", status, code)));
        Assert.Equal(code + ": Because.", TextOf(await call));
    }

    /// <summary>Before the client gives up, which would send the message once more.</summary>
    [Fact]
    public async Task TurnThatTakesLonger_IsAnsweredWithWhereItStands()
    {
        Agent.IsModel = true;
        var clock = new FakeTimeProvider();
        await using var gateway = Start(clock);
        var call = Client(gateway).CallAsync("send_message", """{"content":"hi"}""");
        await KnownAsync(gateway);
        clock.Advance(TimeSpan.FromSeconds(45));
        var result = await call;
        Assert.False(result.TryGetProperty("isError", out _));
        Assert.Equal("""{"status":"running","turnId":"t1","sessionId":"default"}""", result.GetProperty("structuredContent").GetRawText());
    }

    [Fact]
    public async Task SilentTool_KeepsTheConnectionAlive()
    {
        Agent.IsModel = true;
        var clock = new FakeTimeProvider();
        await using var gateway = Start(clock);
        using var request = Client(gateway).Request("tools/call", new() { ["name"] = "send_message", ["arguments"] = new JsonObject { ["content"] = "hi" } });
        request.RequestUri = At(gateway, "/agent/alice/mcp");
        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        using var body = new StreamReader(await response.Content.ReadAsStreamAsync(Token));
        await KnownAsync(gateway);
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(": keep-alive", await body.ReadLineAsync(Token));
        await AnnounceAsync(gateway, Seq(Agent.Complete("t1", "Hello")));
        Assert.Contains("Hello", await body.ReadToEndAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ToolThatTakesTooLong_IsEnded()
    {
        var clock = new FakeTimeProvider();
        await using var gateway = Start(clock, ("AgentMesh:Mcp:AnswerTimeout", "00:00:01"), ("AgentMesh:Mcp:ToolTimeout", "00:00:10"));
        Sidecar.Then(FakeSidecar.Hang);
        var call = Client(gateway).CallAsync("get_budget");
        await Sidecar.NextCallAsync();
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("tool_timed_out: The tool took too long; whether it acted is not known.", TextOf(await call));
    }

    [Fact]
    public async Task ClientThatHangsUp_EndsTheWait_AndNotTheTurn()
    {
        Agent.IsModel = true;
        await using var gateway = Start();
        using var request = Client(gateway).Request("tools/call", new() { ["name"] = "send_message", ["arguments"] = new JsonObject { ["content"] = "hi" } });
        request.RequestUri = At(gateway, "/agent/alice/mcp");
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var call = Http.SendAsync(request, leave.Token);
        await KnownAsync(gateway);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        while (gateway.Services.GetRequiredService<WatchHub>().AgentCount > 0)
            await Task.Yield();
        Assert.Equal(0, Calls("CancelTurn"));
    }

    private RawMcp Client(GatewayServer gateway) => new(Http, Revisions.November2025, At(gateway, "/agent/alice/mcp").ToString());

    private static string TextOf(JsonElement result)
    {
        Assert.True(result.GetProperty("isError").GetBoolean());
        return result.GetProperty("content")[0].GetProperty("text").GetString()!;
    }
}
