using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Tests.Watching;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Tests.Mcp;

#pragma warning disable MCPEXP002 // The SDK knows no other way to say which task a request is about.

/// <summary>The extension for tasks (SEP-2663): a message whose answer takes longer than a client that takes tasks is let wait.</summary>
public sealed class TaskTests : WatchTest
{
    private const string Message = """{"content":"hi"}""";
    private const string AtOnce = "00:00:00";

    [Fact]
    public async Task Discovery_SaysThatThereAreTasks_OfTheNewKind()
    {
        await using var gateway = Start();
        var capabilities = (await Client(gateway).ResultAsync("server/discover")).GetProperty("capabilities");
        Assert.Equal("{}", capabilities.GetProperty("extensions").GetProperty("io.modelcontextprotocol/tasks").GetRawText());
        Assert.False(capabilities.TryGetProperty("tasks", out _));
    }

    [Fact]
    public async Task Message_BecomesATask_ThatEndsInItsAnswer()
    {
        await using var gateway = StartSlow();
        var client = Client(gateway);
        var begun = await client.CallAsync("send_message", Message);
        var id = begun.GetProperty("taskId").GetString()!;
        Assert.Equal(32, id.Length);
        Assert.Equal(
            $$"""{"taskId":"{{id}}","status":"working","createdAt":"2026-11-23T17:06:03.007+00:00","lastUpdatedAt":"2026-11-23T17:06:03.007+00:00","ttlMs":3600000,"pollIntervalMs":2000,"resultType":"task"}""",
            Without(begun, "_meta"));
        var working = await GetAsync(client, id);
        Assert.Equal(("complete", "working"), (Text(working, "resultType"), Text(working, "status")));
        Assert.False(working.TryGetProperty("result", out _));

        Agent.Complete("t1", "Hello");
        var done = await GetAsync(client, id);
        Assert.Equal("completed", Text(done, "status"));
        var result = done.GetProperty("result");
        Assert.Equal("""{"status":"completed","turnId":"t1","sessionId":"default","response":"Hello","messageCount":2,"seq":2}""", result.GetProperty("structuredContent").GetRawText());
        Assert.False(result.TryGetProperty("isError", out _));
        Assert.Equal(done.GetRawText(), (await GetAsync(client, id)).GetRawText());
    }

    [Fact]
    public async Task AnswerInTime_IsNoTask()
    {
        await using var gateway = Start();
        Assert.Equal("complete", Text(await Client(gateway).CallAsync("send_message", Message), "resultType"));
        Assert.Equal(0, Calls("CreateTask"));
    }

    [Fact]
    public async Task AgentWithoutRoom_IsWaitedForAsByOthers()
    {
        await using var gateway = StartSlow();
        Agent.HasRoomForTasks = false;
        var call = Client(gateway).CallAsync("send_message", Message);
        while (Calls("CreateTask") == 0)
            await Task.Yield();
        await KnownAsync(gateway);
        await AnnounceAsync(gateway, Seq(Agent.Complete("t1", "Hello")));
        Assert.Equal("Hello", Text((await call).GetProperty("structuredContent"), "response"));
    }

    [Theory]
    [InlineData(TurnStatus.Failed, "turn_failed", "completed")]
    [InlineData(TurnStatus.Canceled, "turn_canceled", "cancelled")]
    public async Task TurnWithoutAnAnswer_EndsTheTask(string status, string code, string told)
    {
        await using var gateway = StartSlow();
        var client = Client(gateway);
        var id = await BeginAsync(client);
        Agent.Fail("t1", status, code);
        var task = await GetAsync(client, id);
        Assert.Equal(told, Text(task, "status"));
        Assert.Equal(told == "completed", task.TryGetProperty("result", out var result));
        if (told == "completed")
            Assert.Equal((true, code + ": Because."), (result.GetProperty("isError").GetBoolean(), Text(result.GetProperty("content")[0], "text")));
    }

    [Fact]
    public async Task TurnThatWaitsForBudget_IsNotOver()
    {
        await using var gateway = StartSlow();
        var client = Client(gateway);
        var id = await BeginAsync(client);
        Agent.Pause("t1");
        var task = await GetAsync(client, id);
        Assert.Equal(("working", "It waits for budget. There is not enough."), (Text(task, "status"), Text(task, "statusMessage")));
    }

    [Fact]
    public async Task Cancel_EndsTheTurn_AndMayBeRepeated()
    {
        await using var gateway = StartSlow();
        var client = Client(gateway);
        var id = await BeginAsync(client);
        for (var n = 0; n < 2; n++)
        {
            Assert.Equal("""{"resultType":"complete"}""", Without(await client.ResultAsync("tasks/cancel", Named(id)), "_meta"));
            Assert.Equal("cancelled", Text(await GetAsync(client, id), "status"));
        }
    }

    [Fact]
    public async Task Update_IsHeard_ThoughNothingWasAsked()
    {
        await using var gateway = StartSlow();
        var client = Client(gateway);
        var id = await BeginAsync(client);
        var update = Named(id);
        update["inputResponses"] = new JsonObject { ["never"] = new JsonObject { ["action"] = "accept" } };
        Assert.Equal("""{"resultType":"complete"}""", Without(await client.ResultAsync("tasks/update", update), "_meta"));
        Assert.Equal("working", Text(await GetAsync(client, id), "status"));
        Assert.Equal((-32602, "inputResponses must be an object."), await client.ErrorAsync("tasks/update", Named(id)));
    }

    /// <summary>What is no id of ours is not even asked for.</summary>
    [Theory]
    [InlineData("tasks/get", "00112233445566778899aabbccddeeff", 1)]
    [InlineData("tasks/update", "00112233445566778899aabbccddeeff", 1)]
    [InlineData("tasks/cancel", "00112233445566778899aabbccddeeff", 1)]
    [InlineData("tasks/get", "00112233445566778899AABBCCDDEEFF", 0)]
    [InlineData("tasks/get", "1", 0)]
    public async Task UnknownTask_IsAnError(string method, string id, int calls)
    {
        await using var gateway = Start();
        var parameters = Named(id);
        parameters["inputResponses"] = new JsonObject();
        Assert.Equal((-32602, "task_not_found: The agent has no such task, or it has expired."), await Client(gateway).ErrorAsync(method, parameters));
        Assert.Equal(calls, Calls("GetTask"));
    }

    [Theory]
    [InlineData("tasks/list")]
    [InlineData("tasks/result")]
    public async Task FormerMethods_AreNotThere(string method)
    {
        await using var gateway = Start();
        Assert.Equal(-32601, (await Client(gateway).ErrorAsync(method, Named("x"))).Code);
    }

    [Theory]
    [InlineData("tasks/get")]
    [InlineData("tasks/update")]
    [InlineData("tasks/cancel")]
    public async Task ClientThatDoesNotTakeTasks_IsTold(string method)
    {
        await using var gateway = Start();
        var message = await new RawMcp(Http, path: At(gateway, "/agent/alice/mcp").ToString()).SendAsync(method, Named("x"));
        var error = message.GetProperty("error");
        Assert.Equal(-32021, error.GetProperty("code").GetInt32());
        Assert.Equal("{}", error.GetProperty("data").GetProperty("requiredCapabilities").GetProperty("extensions").GetProperty("io.modelcontextprotocol/tasks").GetRawText());
    }

    /// <summary>The extension is of the newest revision alone: what an older client says of it makes no task, and its methods are not there.</summary>
    [Theory]
    [InlineData(Revisions.November2025)]
    [InlineData(Revisions.Oldest)]
    public async Task OlderClient_GetsNoTask(string revision)
    {
        await using var gateway = Start(settings: ("AgentMesh:Mcp:TaskAfter", AtOnce));
        var client = new RawMcp(Http, revision, At(gateway, "/agent/alice/mcp").ToString());
        var meta = new JsonObject { ["io.modelcontextprotocol/clientCapabilities"] = new JsonObject { ["extensions"] = new JsonObject { ["io.modelcontextprotocol/tasks"] = new JsonObject() } } };
        Assert.True((await client.CallAsync("send_message", Message, meta)).TryGetProperty("content", out _));
        Assert.Equal(-32601, (await client.ErrorAsync("tasks/get", Named("x"))).Code);
        Assert.Equal(0, Calls("CreateTask"));
    }

    /// <summary>SEP-2663, routing headers: a balancer may have sent the request by it.</summary>
    [Theory]
    [InlineData("ffffffffffffffffffffffffffffffff")]
    [InlineData(null)]
    public async Task Header_ThatNamesAnotherTask_IsRefused(string? name)
    {
        await using var gateway = Start();
        using var request = Client(gateway).Request("tasks/get", Named("00112233445566778899aabbccddeeff"));
        request.Headers.Remove("Mcp-Name");
        if (name is not null)
            request.Headers.Add("Mcp-Name", name);
        using var response = await Http.SendAsync(request, Token);
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal(-32020, (await RawMcp.MessageOf(response)).GetProperty("error").GetProperty("code").GetInt32());
        Assert.Equal(0, Calls("GetTask"));
    }

    /// <summary>The SDK compares it with the header before it has read the request, and fails on what is no text.</summary>
    [Theory]
    [InlineData("tasks/get", "taskId", "7")]
    [InlineData("tasks/cancel", "taskId", "{}")]
    [InlineData("tools/call", "name", "[1]")]
    [InlineData("prompts/get", "name", "true")]
    [InlineData("resources/read", "uri", "7.5")]
    public async Task NameThatIsNoText_IsAnErrorOfTheCaller(string method, string member, string value)
    {
        await using var gateway = Start();
        using var request = new RawMcp(Http, path: At(gateway, "/agent/alice/mcp").ToString()) { TakesTasks = true }.Raw(
            $$$$$"""{"jsonrpc":"2.0","id":7,"method":"{{{{{method}}}}}","params":{"{{{{{member}}}}}":{{{{{value}}}}},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}""");
        request.Headers.Add("Mcp-Method", method);
        request.Headers.Add("Mcp-Name", "x");
        using var response = await Http.SendAsync(request, Token);
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal(-32602, (await RawMcp.MessageOf(response)).GetProperty("error").GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task SdkClient_FollowsATask()
    {
        await using var gateway = StartSlow();
        var options = new McpClientOptions
        {
            ProtocolVersion = Revisions.Newest,
            Capabilities = new ClientCapabilities { Extensions = new Dictionary<string, object> { ["io.modelcontextprotocol/tasks"] = new JsonObject() } },
        };
        var transport = new HttpClientTransportOptions { Endpoint = At(gateway, "/agent/alice/mcp"), TransportMode = HttpTransportMode.StreamableHttp };
        await using var client = await McpClient.CreateAsync(new HttpClientTransport(transport, Http), options, cancellationToken: Token);
        var begun = await client.SendRequestAsync(
            new JsonRpcRequest { Method = "tools/call", Params = new JsonObject { ["name"] = "send_message", ["arguments"] = JsonNode.Parse(Message) } }, Token);
        var id = begun.Result!["taskId"]!.GetValue<string>();
        Agent.Complete("t1", "Hello");
        var get = new JsonRpcRequest { Method = "tasks/get", Params = Named(id), Context = new JsonRpcMessageContext { RoutingName = id } };
        var done = (await client.SendRequestAsync(get, Token)).Result!;
        Assert.Equal("completed", done["status"]!.GetValue<string>());
        Assert.Contains("Hello", done["result"].Deserialize<CallToolResult>(McpJsonUtilities.DefaultOptions)!.Content.OfType<TextContentBlock>().Single().Text, StringComparison.Ordinal);
    }

    private GatewayServer StartSlow()
    {
        Agent.IsModel = true;
        return Start(settings: ("AgentMesh:Mcp:TaskAfter", AtOnce));
    }

    private RawMcp Client(GatewayServer gateway) => new(Http, path: At(gateway, "/agent/alice/mcp").ToString()) { TakesTasks = true };

    private static async Task<string> BeginAsync(RawMcp client) => Text(await client.CallAsync("send_message", Message), "taskId")!;

    private static Task<JsonElement> GetAsync(RawMcp client, string id) => client.ResultAsync("tasks/get", Named(id));

    private static JsonObject Named(string id) => new() { ["taskId"] = id };

    private static string? Text(JsonElement element, string member) => element.GetProperty(member).GetString();

    private static string Without(JsonElement element, string member)
    {
        var copy = JsonObject.Create(element)!;
        copy.Remove(member);
        return copy.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
