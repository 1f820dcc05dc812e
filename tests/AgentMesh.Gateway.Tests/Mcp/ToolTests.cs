using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace AgentMesh.Gateway.Tests.Mcp;

/// <summary>The owner's tools, in every revision: what is listed, what is answered, and that it goes the way of HTTP.</summary>
public sealed class ToolTests(McpFixture fixture) : IClassFixture<McpFixture>
{
    private const string Rest = "/v1.0/actors/AgentActor/default:alice/method/";

    private static readonly string[] Names = ["forecast", "get_budget", "get_history", "get_info", "list_payments", "pay", "premium_analysis", "send_message", "send_to_agent"];

    public static TheoryData<string> AllRevisions => [.. Revisions.All];

    public static TheoryData<string, string, string> Calls => new(
        from revision in Revisions.All
        from call in new[]
        {
            ("get_budget", "{}"), ("get_history", """{"limit":2,"before":9,"sessionId":null}"""), ("get_info", "{}"), ("list_payments", """{"direction":"in"}"""),
            ("send_message", """{"content":"hi"}"""), ("send_to_agent", """{"to":"bob","content":"hi"}"""),
        }
        select (revision, call.Item1, call.Item2));

    [Theory]
    [MemberData(nameof(AllRevisions))]
    public async Task List_IsInOrder_AndAsTheRevisionHasIt(string revision)
    {
        fixture.Sidecar.Reset();
        var client = new RawMcp(fixture.Owner, revision);
        var list = await client.ResultAsync("tools/list");
        var tools = list.GetProperty("tools").EnumerateArray().ToArray();
        Assert.Equal(Names, tools.Select(tool => tool.GetProperty("name").GetString()));
        Assert.All(tools, tool => Assert.Equal("object", tool.GetProperty("inputSchema").GetProperty("type").GetString()));
        var own = tools.Where(tool => !tool.TryGetProperty("_meta", out _)).ToArray();
        Assert.Equal(7, own.Length);
        Assert.All(own, tool => Assert.Equal(Revisions.IsStructured(revision), tool.TryGetProperty("outputSchema", out _)));
        Assert.All(tools.Except(own), tool => Assert.False(tool.TryGetProperty("outputSchema", out _)));
        // Members that a revision does not have are refused by its clients.
        Assert.Equal(revision == Revisions.Newest, list.TryGetProperty("cacheScope", out var scope));
        if (revision == Revisions.Newest)
            Assert.Equal(("private", 5000), (scope.GetString(), list.GetProperty("ttlMs").GetInt32()));
        Assert.Equal(list.GetProperty("tools").GetRawText(), (await client.ResultAsync("tools/list")).GetProperty("tools").GetRawText());
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Answer_IsOfTheOutputSchema_AndTheSameAsText(string revision, string tool, string arguments)
    {
        fixture.Sidecar.Reset();
        var client = new RawMcp(fixture.Owner, revision);
        var result = await client.CallAsync(tool, arguments);
        Assert.False(result.TryGetProperty("isError", out var isError) && isError.GetBoolean(), result.GetRawText());
        var text = result.GetProperty("content")[0].GetProperty("text").GetString()!;
        Assert.Equal(Revisions.IsStructured(revision), result.TryGetProperty("structuredContent", out var structured));
        if (Revisions.IsStructured(revision))
            Assert.True(JsonElement.DeepEquals(structured, JsonElement.Parse(text)));
        var newest = new RawMcp(fixture.Owner, Revisions.June2025);
        var schema = (await newest.ResultAsync("tools/list")).GetProperty("tools").EnumerateArray().Single(one => one.GetProperty("name").GetString() == tool).GetProperty("outputSchema");
        var evaluation = JsonSchema.FromText(schema.GetRawText()).Evaluate(JsonElement.Parse(text), new EvaluationOptions { OutputFormat = OutputFormat.List });
        Assert.True(evaluation.IsValid, text);
    }

    [Fact]
    public async Task Message_GoesTheWayOfHttp()
    {
        fixture.Sidecar.Reset();
        var result = await new RawMcp(fixture.Owner).CallAsync("send_message", """{"content":"hi","sessionId":"abc","ifBusy":"reject","idempotencyKey":"k-1"}""");
        Assert.Equal(
            """{"status":"completed","turnId":"t1","sessionId":"default","response":"You said: hi","messageCount":2,"seq":2}""",
            result.GetProperty("structuredContent").GetRawText());
        var call = Assert.Single(fixture.Sidecar.Calls);
        Assert.Equal(Rest + "PostMessage", call.Path);
        var message = JsonElement.Parse(call.Body);
        Assert.Equal(
            ("hi", "abc", "reject", "k-1"),
            (message.GetProperty("content").GetString(), message.GetProperty("sessionId").GetString(), message.GetProperty("ifBusy").GetString(), message.GetProperty("idempotencyKey").GetString()));
        Assert.Matches("^[0-9a-f]{32}$", message.GetProperty("requestId").GetString()!);
    }

    [Fact]
    public async Task KeyOfTheProgram_GoesBeforeTheModels()
    {
        fixture.Sidecar.Reset();
        await new RawMcp(fixture.Owner).CallAsync(
            "send_message", """{"content":"hi","idempotencyKey":"model"}""", new JsonObject { ["agentmesh/idempotency-key"] = "program" });
        Assert.Equal("program", JsonElement.Parse(Assert.Single(fixture.Sidecar.Calls).Body).GetProperty("idempotencyKey").GetString());
    }

    [Theory]
    [InlineData("\"k 1\"")]
    [InlineData("\"\"")]
    [InlineData("7")]
    [InlineData("{}")]
    public async Task KeyThatIsNone_IsRefused(string key)
    {
        fixture.Sidecar.Reset();
        var result = await new RawMcp(fixture.Owner).CallAsync("send_message", """{"content":"hi"}""", new JsonObject { ["agentmesh/idempotency-key"] = JsonNode.Parse(key) });
        Assert.StartsWith("invalid_idempotency_key: ", RefusalOf(result), StringComparison.Ordinal);
        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Theory]
    [InlineData("get_history", """{"limit":5.0,"before":9,"search":"x","sessionId":"abc"}""", "GetHistory", """{"sessionId":"abc","limit":5,"before":9,"search":"x"}""")]
    [InlineData("get_history", "{}", "GetHistory", """{"limit":20}""")]
    [InlineData("list_payments", """{"limit":100,"before":2,"direction":"out"}""", "ListPayments", """{"limit":100,"before":2,"direction":"out"}""")]
    [InlineData("list_payments", "{}", "ListPayments", """{"limit":20}""")]
    public async Task Arguments_ReachTheActor(string tool, string arguments, string method, string request)
    {
        fixture.Sidecar.Reset();
        await new RawMcp(fixture.Owner).CallAsync(tool, arguments);
        var call = Assert.Single(fixture.Sidecar.Calls);
        Assert.Equal(Rest + method, call.Path);
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(request), JsonElement.Parse(call.Body)), call.Body);
    }

    /// <summary>What a model gets wrong it is told, in words that it can act on; the agent hears of none of it.</summary>
    [Theory]
    [InlineData("send_message", "{}", "invalid_request: content is required: The message: 1 to 65,536 bytes of UTF-8, not only blanks.")]
    [InlineData("send_message", """{"content":7}""", "invalid_request: content must be a string, and is a number.")]
    [InlineData("send_message", """{"content":"hi","session":"a"}""", "invalid_request: session is not known here. Known: content, idempotencyKey, ifBusy, sessionId.")]
    [InlineData("send_message", """{"content":"hi","ifBusy":"wait"}""", "invalid_request: ifBusy must be one of \"enqueue\", \"reject\", \"interrupt\".")]
    [InlineData("send_message", """{"content":"  "}""", "invalid_content: content must be a text that is not empty.")]
    [InlineData("send_message", """{"content":"hi","sessionId":"A!"}""", "session_not_found: The agent has no such session.")]
    [InlineData("get_history", """{"limit":0}""", "invalid_request: limit must be at least 1.")]
    [InlineData("get_history", """{"limit":101}""", "invalid_request: limit must be at most 100.")]
    [InlineData("get_history", """{"limit":1.5}""", "invalid_request: limit must be a whole number, and is a number.")]
    [InlineData("get_history", """{"limit":"5","before":0}""", "invalid_request: limit must be a whole number, and is a string. before must be at least 1.")]
    [InlineData("get_history", """{"before":9223372036854775808}""", "invalid_request: before must be a whole number, and is a number.")]
    [InlineData("get_history", """{"sessionId":"A!"}""", "session_not_found: The agent has no such session.")]
    [InlineData("list_payments", """{"direction":"up"}""", "invalid_request: direction must be one of \"in\", \"out\".")]
    public async Task WrongArguments_AreSaid(string tool, string arguments, string words)
    {
        fixture.Sidecar.Reset();
        Assert.Equal(words, RefusalOf(await new RawMcp(fixture.Owner).CallAsync(tool, arguments)));
        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Theory]
    [InlineData(65_536, true)]
    [InlineData(65_537, false)]
    public async Task Content_IsAsLongAsOverHttp(int bytes, bool accepted)
    {
        fixture.Sidecar.Reset();
        // Two bytes each, and one more: characters alone would let it pass.
        var content = new string('ä', bytes / 2) + new string('a', bytes % 2);
        var result = await new RawMcp(fixture.Owner).CallAsync("send_message", $$"""{"content":"{{content}}"}""");
        Assert.Equal(accepted, !result.TryGetProperty("isError", out _));
        Assert.Equal(accepted ? 1 : 0, fixture.Sidecar.Calls.Count);
    }

    [Theory]
    [InlineData("""{"refusal":{"code":"rate_limited","detail":"Enough."},"rateLimit":{"permits":10,"windowSeconds":60,"remaining":0,"resetSeconds":7}}""", "rate_limited: Enough. (retryAfterSeconds: 7)", 429)]
    [InlineData("""{"refusal":{"code":"budget_exceeded","detail":"No."},"shortage":{"scope":"agent","asset":"USD","window":"once","available":"0"}}""", "budget_exceeded: No. (scope: agent; asset: USD; window: once; available: 0)", 403)]
    [InlineData("""{"refusal":{"code":"a_code_of_a_newer_agent","detail":"Because."}}""", "a_code_of_a_newer_agent: Because.", 500)]
    public async Task RefusalOfTheAgent_IsAResultThatSaysWhy(string reply, string words, int status)
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Then(FakeSidecar.Text(200, reply));
        var result = await new RawMcp(fixture.Owner).CallAsync("send_message", """{"content":"hi"}""");
        Assert.Equal(words, RefusalOf(result));
        Assert.Equal(status, result.GetProperty("_meta").GetProperty("agentmesh/problem").GetProperty("status").GetInt32());
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("Send_message")]
    [InlineData("send_to_agents")]
    public async Task UnknownTool_IsAnErrorOfTheProtocol(string name)
    {
        fixture.Sidecar.Reset();
        var error = await new RawMcp(fixture.Owner).ErrorAsync("tools/call", new JsonObject { ["name"] = name });
        Assert.Equal((-32602, $"Unknown tool: {name}. tools/list has those that there are."), error);
    }

    /// <summary>A list without what the agent sells would be kept for one that has it.</summary>
    [Theory]
    [InlineData("agent_quarantined", -32603)]
    [InlineData("agent_erasing", -32602)]
    public async Task AgentThatCannotSayWhatItSells_HasNoList(string code, int error)
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Then(FakeSidecar.Text(200, $$$"""{"refusal":{"code":"{{{code}}}","detail":"Because."}}"""));
        Assert.Equal((error, code + ": Because."), await new RawMcp(fixture.Owner).ErrorAsync("tools/list"));
    }

    private static string RefusalOf(JsonElement result)
    {
        Assert.True(result.TryGetProperty("isError", out var isError) && isError.GetBoolean(), result.GetRawText());
        Assert.False(result.TryGetProperty("structuredContent", out _));
        return result.GetProperty("content")[0].GetProperty("text").GetString()!;
    }
}
