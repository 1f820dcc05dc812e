using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.Contracts;
using AgentMesh.Gateway.Tests.Watching;

namespace AgentMesh.Gateway.Tests.Mcp;

/// <summary>Tasks of calls that ask in the midst of their work (SEP-2663): asked by <c>tasks/get</c>, answered by <c>tasks/update</c>.</summary>
public sealed class TaskInputTests : WatchTest
{
    private const string File = """{"filename":"a.txt"}""";

    [Fact]
    public async Task Call_ThatAsks_IsATask_AnsweredByKey()
    {
        await using var gateway = Begin();
        var client = Client(gateway);
        var begun = await CallAsync(client, "confirm_delete", File);
        Assert.Equal(("task", "input_required"), (Text(begun, "resultType"), Text(begun, "status")));
        Assert.False(begun.TryGetProperty("inputRequests", out _));
        var id = Text(begun, "taskId")!;

        var asking = await GetAsync(client, id);
        Assert.Equal(("complete", "input_required"), (Text(asking, "resultType"), Text(asking, "status")));
        var asked = asking.GetProperty("inputRequests").GetProperty("1.confirm");
        Assert.Equal(("elicitation/create", "Delete a.txt?"), (Text(asked, "method"), Text(asked.GetProperty("params"), "message")));

        var acknowledged = await UpdateAsync(client, id, """{"1.confirm":{"action":"accept","content":{"confirm":true}}}""");
        Assert.Equal("complete", Text(acknowledged, "resultType"));
        Assert.False(acknowledged.TryGetProperty("status", out _));
        var done = await GetAsync(client, id);
        Assert.Equal(("completed", "You said: Delete a.txt."), (Text(done, "status"), Text(done.GetProperty("result").GetProperty("content")[0], "text")));
        Assert.False(done.TryGetProperty("inputRequests", out _));
        Assert.Equal(done.GetRawText(), (await GetAsync(client, id)).GetRawText());
    }

    [Fact]
    public async Task AnyGateway_GoesOn()
    {
        await using var first = Begin();
        var id = Text(await CallAsync(Client(first), "confirm_delete", File), "taskId")!;
        await first.DisposeAsync();
        await using var second = Begin();
        await UpdateAsync(Client(second), id, """{"1.confirm":{"action":"accept","content":{"confirm":true}}}""");
        Assert.Equal("completed", Text(await GetAsync(Client(second), id), "status"));
    }

    [Fact]
    public async Task SomeAnswers_LeaveTheOthersOpen()
    {
        await using var gateway = Begin();
        var client = Client(gateway);
        var id = Text(await CallAsync(client, "multi_input"), "taskId")!;
        Assert.Equal(["1.first", "2.second"], Keys(await GetAsync(client, id)));
        await UpdateAsync(client, id, """{"2.second":{"action":"accept","content":{"name":"B"}},"never":{"action":"accept"},"1.first":7}""");
        Assert.Equal(["1.first"], Keys(await GetAsync(client, id)));
        await UpdateAsync(client, id, """{"1.first":{"action":"accept","content":{"name":"A"}}}""");
        Assert.Equal("Hello, A and B!", Text((await GetAsync(client, id)).GetProperty("result").GetProperty("content")[0], "text"));
    }

    /// <summary>Answers that the tool cannot use: it asks again, by another key.</summary>
    [Fact]
    public async Task ToolThatAsksAgain_AsksByANewKey()
    {
        await using var gateway = Begin();
        var client = Client(gateway);
        var id = Text(await CallAsync(client, "confirm_delete", File), "taskId")!;
        await UpdateAsync(client, id, """{"1.confirm":{"action":"decline"}}""");
        Assert.Equal(["2.confirm"], Keys(await GetAsync(client, id)));
        await UpdateAsync(client, id, """{"1.confirm":{"action":"accept","content":{"confirm":true}}}""");
        Assert.Equal(["2.confirm"], Keys(await GetAsync(client, id)));
        await UpdateAsync(client, id, """{"2.confirm":{"action":"accept","content":{"confirm":false}}}""");
        Assert.Equal("You said: Leave a.txt.", Text((await GetAsync(client, id)).GetProperty("result").GetProperty("content")[0], "text"));
    }

    [Fact]
    public async Task UnansweredTask_IsCanceled()
    {
        await using var gateway = Begin();
        var client = Client(gateway);
        var id = Text(await CallAsync(client, "confirm_delete", File), "taskId")!;
        await client.ResultAsync("tasks/cancel", Named(id));
        Assert.Equal("cancelled", Text(await GetAsync(client, id), "status"));
        await UpdateAsync(client, id, """{"1.confirm":{"action":"accept","content":{"confirm":true}}}""");
        Assert.Equal("cancelled", Text(await GetAsync(client, id), "status"));
    }

    [Fact]
    public async Task AgentWithoutRoom_AsksAsOfOthers()
    {
        await using var gateway = Begin();
        Agent.HasRoomForTasks = false;
        var asked = await CallAsync(Client(gateway), "confirm_delete", File);
        Assert.Equal("input_required", Text(asked, "resultType"));
        Assert.True(asked.GetProperty("inputRequests").TryGetProperty("confirm", out _));
    }

    [Fact]
    public async Task ClientThatTakesNoTasks_IsAskedInItsCall()
    {
        await using var gateway = Begin();
        var asked = await new RawMcp(Http, path: Path(gateway)).CallAsync("confirm_delete", File, Meta("""{"elicitation":{}}"""));
        Assert.Equal("input_required", Text(asked, "resultType"));
        Assert.Equal(0, Calls("CreateTask"));
    }

    [Fact]
    public async Task ClientThatCannotBeAsked_GetsNoTask()
    {
        await using var gateway = Begin();
        var parameters = new JsonObject { ["name"] = "confirm_delete", ["arguments"] = JsonNode.Parse(File) };
        Assert.Equal(-32021, (await Client(gateway).ErrorAsync("tools/call", parameters)).Code);
        Assert.Equal(0, Calls("CreateTask"));
    }

    /// <summary>The key is the task's id, whoever goes on with it and however often, so the message is one; and the task is its turn from then on.</summary>
    [Fact]
    public async Task AnsweredCall_BecomesItsTurn()
    {
        Agent.IsModel = true;
        await using var gateway = Begin();
        var client = Client(gateway);
        var id = Text(await CallAsync(client, "confirm_delete", File), "taskId")!;
        await UpdateAsync(client, id, """{"1.confirm":{"action":"accept","content":{"confirm":true}}}""");
        var message = JsonSerializer.Deserialize(Sidecar.Calls.Single(call => call.Path.EndsWith("/PostMessage", StringComparison.Ordinal)).Body, ContractsJson.Default.PostMessage)!;
        Assert.Equal(("Delete a.txt.", id), (message.Content, message.IdempotencyKey));
        Assert.Equal("working", Text(await GetAsync(client, id), "status"));
        Agent.Complete("t1", "Deleted");
        Assert.Equal("Deleted", Text((await GetAsync(client, id)).GetProperty("result").GetProperty("content")[0], "text"));
        Assert.Equal(1, Calls("PostMessage"));
    }

    /// <summary>A refusal that time ends is no end of the task: its client would not look again, and the work would be done all the same.</summary>
    [Fact]
    public async Task AgentThatIsBusy_IsTriedAgain()
    {
        await using var gateway = Begin();
        var client = Client(gateway);
        var id = Text(await CallAsync(client, "confirm_delete", File), "taskId")!;
        Agent.HasRoomForTasks = false;
        await UpdateAsync(client, id, """{"1.confirm":{"action":"accept","content":{"confirm":true}}}""");
        var task = await GetAsync(client, id);
        Assert.Equal(("working", "too_many_tasks: No room."), (Text(task, "status"), Text(task, "statusMessage")));
        Agent.HasRoomForTasks = true;
        Assert.Equal("completed", Text(await GetAsync(client, id), "status"));
    }

    private GatewayServer Begin() => Start(settings: [("AgentMesh:Mcp:TaskAfter", "00:00:00"), ("AgentMesh:Conformance:Enabled", "true")]);

    private RawMcp Client(GatewayServer gateway) => new(Http, path: Path(gateway)) { TakesTasks = true };

    private static string Path(GatewayServer gateway) => At(gateway, "/agent/conformance/mcp").ToString();

    private static Task<JsonElement> CallAsync(RawMcp client, string tool, string arguments = "{}") =>
        client.CallAsync(tool, arguments, Meta("""{"elicitation":{},"extensions":{"io.modelcontextprotocol/tasks":{}}}"""));

    private static JsonObject Meta(string capabilities) => new() { [RawMcp.MetaPrefix + "clientCapabilities"] = JsonNode.Parse(capabilities) };

    private static Task<JsonElement> GetAsync(RawMcp client, string id)
    {
        var parameters = Named(id);
        parameters["_meta"] = Meta("""{"elicitation":{},"extensions":{"io.modelcontextprotocol/tasks":{}}}""");
        return client.ResultAsync("tasks/get", parameters);
    }

    private static Task<JsonElement> UpdateAsync(RawMcp client, string id, string responses)
    {
        var parameters = Named(id);
        parameters["_meta"] = Meta("""{"elicitation":{},"extensions":{"io.modelcontextprotocol/tasks":{}}}""");
        parameters["inputResponses"] = JsonNode.Parse(responses);
        return client.ResultAsync("tasks/update", parameters);
    }

    private static JsonObject Named(string id) => new() { ["taskId"] = id };

    private static string[] Keys(JsonElement task) => [.. task.GetProperty("inputRequests").EnumerateObject().Select(one => one.Name)];

    private static string? Text(JsonElement element, string member) => element.GetProperty(member).GetString();
}
