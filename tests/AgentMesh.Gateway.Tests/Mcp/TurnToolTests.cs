using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.Gateway.Tests.Watching;

namespace AgentMesh.Gateway.Tests.Mcp;

/// <summary>Tools whose work is a turn, of which the suite has some that no agent has: what their tasks come to is said by the tool.</summary>
public sealed class TurnToolTests : WatchTest
{
    [Fact]
    public async Task Answer_IsTheTools()
    {
        await using var gateway = StartSlow();
        var client = Client(gateway);
        var id = Text(await client.CallAsync("slow_compute", """{"seconds":1}"""), "taskId")!;
        Assert.Equal("Compute for 1 s.", Agent.Events[0].Data.Content);
        Agent.Complete("t1", "Computed");
        var task = await GetAsync(client, id);
        Assert.Equal(("completed", "Computed"), (Text(task, "status"), Text(task.GetProperty("result").GetProperty("content")[0], "text")));
        Assert.False(task.TryGetProperty("error", out _));
    }

    /// <summary>What would have been the error of the call is that of its task, and no result.</summary>
    [Fact]
    public async Task ErrorOfTheProtocol_FailsTheTask()
    {
        await using var gateway = StartSlow();
        var client = Client(gateway);
        var id = Text(await client.CallAsync("protocol_error_job"), "taskId")!;
        Agent.Complete("t1", "?");
        var task = await GetAsync(client, id);
        Assert.Equal(("failed", "complete"), (Text(task, "status"), Text(task, "resultType")));
        Assert.Equal("""{"code":-32603,"message":"The agent's answer is none that the tool can read."}""", task.GetProperty("error").GetRawText().Replace("\\u0027", "'", StringComparison.Ordinal));
        Assert.Equal("The agent's answer is none that the tool can read.", Text(task, "statusMessage"));
        Assert.False(task.TryGetProperty("result", out _));
    }

    /// <summary>A version of the gateway without the tool says so of its tasks, and not that they go on.</summary>
    [Fact]
    public async Task ToolThatIsGone_FailsItsTask()
    {
        await using var gateway = StartSlow();
        await using var later = Start();
        var id = Text(await Client(gateway).CallAsync("slow_compute", """{"seconds":1}"""), "taskId")!;
        var client = Client(later);
        Assert.Equal("working", Text(await GetAsync(client, id), "status"));
        Agent.Complete("t1", "Computed");
        var task = await GetAsync(client, id);
        Assert.Equal(("failed", -32602), (Text(task, "status"), task.GetProperty("error").GetProperty("code").GetInt32()));
    }

    [Fact]
    public async Task ToolThatNeedsATask_BeginsNothingWithoutOne()
    {
        await using var gateway = StartSlow();
        var error = (await new RawMcp(Http, path: Path(gateway)).SendAsync("tools/call", new JsonObject { ["name"] = "failing_job" })).GetProperty("error");
        Assert.Equal(-32021, error.GetProperty("code").GetInt32());
        Assert.Equal("{}", error.GetProperty("data").GetProperty("requiredCapabilities").GetProperty("extensions").GetProperty("io.modelcontextprotocol/tasks").GetRawText());
        Assert.Equal(0, Calls("PostMessage"));
        Assert.Equal("task", Text(await Client(gateway).CallAsync("failing_job"), "resultType"));
    }

    /// <summary>Questions before the work are those of every call; the state of them is not the task's.</summary>
    [Fact]
    public async Task ToolThatAskedBefore_BecomesATaskWithTheAnswer()
    {
        await using var gateway = StartSlow();
        var client = Client(gateway);
        var asked = await client.ResultAsync("tools/call", Call(null));
        Assert.Equal("input_required", Text(asked, "resultType"));
        Assert.False(asked.TryGetProperty("taskId", out _));
        var begun = await client.ResultAsync("tools/call", Call(new JsonObject { ["user_name"] = JsonNode.Parse("""{"action":"accept","content":{"name":"Alice"}}""") }));
        Assert.Equal("task", Text(begun, "resultType"));
        Assert.False(begun.TryGetProperty("requestState", out _));
        Assert.Equal("Greet Alice after 1 s.", Agent.Events[0].Data.Content);

        static JsonObject Call(JsonObject? responses) => new()
        {
            ["name"] = "test_tool_with_task",
            ["inputResponses"] = responses,
            ["_meta"] = JsonNode.Parse("""{"io.modelcontextprotocol/clientCapabilities":{"elicitation":{},"extensions":{"io.modelcontextprotocol/tasks":{}}}}"""),
        };
    }

    private GatewayServer StartSlow()
    {
        Agent.IsModel = true;
        return Start(settings: [("AgentMesh:Mcp:TaskAfter", "00:00:00"), ("AgentMesh:Conformance:Enabled", "true")]);
    }

    private RawMcp Client(GatewayServer gateway) => new(Http, path: Path(gateway)) { TakesTasks = true };

    private static string Path(GatewayServer gateway) => At(gateway, "/agent/conformance/mcp").ToString();

    private static Task<JsonElement> GetAsync(RawMcp client, string id) => client.ResultAsync("tasks/get", new JsonObject { ["taskId"] = id });

    private static string? Text(JsonElement element, string member) => element.GetProperty(member).GetString();
}
