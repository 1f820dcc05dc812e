using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.Gateway.Tests.Mcp;

/// <summary>The tool <c>pay</c>, and the question to a person in the midst of it.</summary>
public sealed class PayToolTests(McpFixture fixture) : IClassFixture<McpFixture>, IDisposable
{
    private const string Arguments = """{"url":"https://shop.example/","maxAmount":"3000000"}""";

    public void Dispose() => fixture.Sidecar.Agent = McpFixture.Answer;

    [Theory]
    [InlineData(Revisions.Oldest)]
    [InlineData(Revisions.November2025)]
    [InlineData(Revisions.Newest)]
    public async Task WhatThePolicyAllows_IsBought_AsOverHttp(string revision)
    {
        var buyer = Buyer();
        buyer.Asks = false;
        await using var gateway = Gateway();
        var result = await new RawMcp(gateway.Client(), revision).CallAsync("pay", """{"url":"https://shop.example/","maxAmount":"3000000","idempotencyKey":"k"}""");
        var output = JsonElement.Parse(Text(result));
        Assert.Equal((200, FakeBuyer.Answer, "settled"), (output.GetProperty("status").GetInt32(), output.GetProperty("body").GetString(), output.GetProperty("payment").GetProperty("state").GetString()));
        Assert.Equal(Revisions.IsStructured(revision), result.TryGetProperty("structuredContent", out _));
        var order = Assert.Single(buyer.Orders);
        Assert.Equal(("https://shop.example/", "GET", "3000000", "k"), (order.Url, order.Method, order.MaxAmount, order.IdempotencyKey));
    }

    [Fact]
    public async Task Approval_IsAskedForInMidCall_AndGoesOn_AtAnotherReplica_Once()
    {
        var buyer = Buyer();
        await using var first = Gateway();
        await using var second = Gateway();
        var asked = await Client(first).ResultAsync("tools/call", Call());
        Assert.Equal("input_required", asked.GetProperty("resultType").GetString());
        var question = asked.GetProperty("inputRequests").GetProperty("approve_payment");
        Assert.Equal("elicitation/create", question.GetProperty("method").GetString());
        var message = question.GetProperty("params").GetProperty("message").GetString();
        Assert.Equal("Pay 2 USDC to 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed on eip155:84532, for https://shop.example/? The policy's rule medium says ask.", message);
        Assert.Empty(buyer.Decisions);

        var call = Call(State(asked), """{"action":"accept","content":{"approve":true}}""");
        var bought = await Client(second).ResultAsync("tools/call", call);
        Assert.Contains(FakeBuyer.Answer, Text(bought), StringComparison.Ordinal);
        // The answer was lost, and the client sends its own once more.
        Assert.Equal(Text(bought), Text(await Client(first).ResultAsync("tools/call", call)));
        Assert.Equal(1, buyer.Bought);
        Assert.All(buyer.Decisions, decision => Assert.Equal(new DecideApproval(FakeBuyer.Approval, Approve: true), decision));
    }

    [Fact]
    public async Task WithAKeyOfItsOwn_TheCallKeepsIt()
    {
        var buyer = Buyer();
        await using var gateway = Gateway();
        var asked = await Client(gateway).ResultAsync("tools/call", Call(key: "mine"));
        await Client(gateway).ResultAsync("tools/call", Call(State(asked), """{"action":"accept","content":{"approve":true}}""", "mine"));
        Assert.Equal(["mine", "mine"], buyer.Orders.Select(order => order.IdempotencyKey));
    }

    [Theory]
    [InlineData("""{"action":"decline"}""")]
    [InlineData("""{"action":"accept","content":{"approve":false}}""")]
    public async Task No_IsADecision(string answer)
    {
        var buyer = Buyer();
        await using var gateway = Gateway();
        var asked = await Client(gateway).ResultAsync("tools/call", Call());
        var refused = await Client(gateway).ResultAsync("tools/call", Call(State(asked), answer));
        Assert.True(refused.GetProperty("isError").GetBoolean());
        Assert.StartsWith("policy_denied: ", Text(refused), StringComparison.Ordinal);
        Assert.Equal((new DecideApproval(FakeBuyer.Approval, Approve: false), 0), (Assert.Single(buyer.Decisions), buyer.Bought));
    }

    [Fact]
    public async Task AQuestionThatIsDismissed_IsNoDecision()
    {
        var buyer = Buyer();
        await using var gateway = Gateway();
        var asked = await Client(gateway).ResultAsync("tools/call", Call());
        var refused = await Client(gateway).ResultAsync("tools/call", Call(State(asked), """{"action":"cancel"}"""));
        Assert.StartsWith("approval_required: ", Text(refused), StringComparison.Ordinal);
        Assert.Equal(FakeBuyer.Approval, refused.GetProperty("_meta").GetProperty("agentmesh/problem").GetProperty("approvalId").GetString());
        Assert.Empty(buyer.Decisions);
        Assert.Single(buyer.Orders);
    }

    [Theory]
    [InlineData("""{"action":"accept"}""")]
    [InlineData("""{"action":"accept","content":{"approve":"true"}}""")]
    [InlineData("""{"action":"approve","content":{"approve":true}}""")]
    [InlineData("7")]
    [InlineData(null)]
    public async Task WhatIsNoAnswer_IsAskedOnceMore(string? answer)
    {
        var buyer = Buyer();
        await using var gateway = Gateway();
        var asked = await Client(gateway).ResultAsync("tools/call", Call());
        var again = await Client(gateway).ResultAsync("tools/call", Call(State(asked), answer));
        Assert.Equal("input_required", again.GetProperty("resultType").GetString());
        Assert.Empty(buyer.Decisions);
    }

    /// <summary>Answers alone can be made up, and a state is of its own request: other arguments are another payment.</summary>
    [Theory]
    [InlineData("""{"url":"https://shop.example/other","maxAmount":"3000000"}""")]
    [InlineData("""{"url":"https://shop.example/","maxAmount":"3000001"}""")]
    public async Task AnAnswer_IsOfNoUseToAnotherPayment(string arguments)
    {
        var buyer = Buyer();
        await using var gateway = Gateway();
        var asked = await Client(gateway).ResultAsync("tools/call", Call());
        var call = Call(State(asked), """{"action":"accept","content":{"approve":true}}""");
        call["arguments"] = JsonNode.Parse(arguments);
        var (code, message) = await Client(gateway).ErrorAsync("tools/call", call);
        Assert.Equal(-32602, code);
        Assert.StartsWith("invalid_request_state: ", message, StringComparison.Ordinal);
        call.Remove("requestState");
        Assert.Equal("input_required", (await Client(gateway).ResultAsync("tools/call", call)).GetProperty("resultType").GetString());
        Assert.Empty(buyer.Decisions);
    }

    [Theory]
    [InlineData(ApprovalStates.Denied)]
    [InlineData(ApprovalStates.Expired)]
    public async Task WhatWasDecidedElsewhere_Stands(string state)
    {
        var buyer = Buyer();
        await using var gateway = Gateway();
        var asked = await Client(gateway).ResultAsync("tools/call", Call());
        buyer.State = state;
        var refused = await Client(gateway).ResultAsync("tools/call", Call(State(asked), """{"action":"accept","content":{"approve":true}}"""));
        Assert.StartsWith("approval_decided: ", Text(refused), StringComparison.Ordinal);
        Assert.Equal(0, buyer.Bought);
    }

    /// <summary>Whoever cannot be asked is told where to decide.</summary>
    [Theory]
    [InlineData(Revisions.Oldest)]
    [InlineData(Revisions.November2025)]
    [InlineData(Revisions.Newest)]
    public async Task AClientThatCannotAsk_IsToldOfTheApproval(string revision)
    {
        Buyer();
        await using var gateway = Gateway();
        var refused = await new RawMcp(gateway.Client(), revision).CallAsync("pay", Arguments);
        Assert.True(refused.GetProperty("isError").GetBoolean());
        Assert.StartsWith("approval_required: ", Text(refused), StringComparison.Ordinal);
        Assert.Equal(FakeBuyer.Approval, refused.GetProperty("_meta").GetProperty("agentmesh/problem").GetProperty("approvalId").GetString());
    }

    [Fact]
    public async Task WhatIsNotOver_IsToldWithItsKey()
    {
        var buyer = Buyer();
        buyer.IsSlow = true;
        await using var gateway = Gateway(new KeyValuePair<string, string>("AgentMesh:Mcp:AnswerTimeout", "00:00:00.2"));
        var refused = await Client(gateway).CallAsync("pay", Arguments);
        Assert.StartsWith("purchase_pending: ", Text(refused), StringComparison.Ordinal);
        var key = refused.GetProperty("_meta").GetProperty("agentmesh/problem").GetProperty("idempotencyKey").GetString();
        Assert.Equal(Assert.Single(buyer.Orders).IdempotencyKey, key);
        Assert.Contains(key!, Text(refused), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"maxAmount":"1"}""", "invalid_request: ")]
    [InlineData("""{"url":"https://shop.example/"}""", "invalid_request: ")]
    [InlineData("""{"url":"https://shop.example/","maxAmount":1}""", "invalid_request: ")]
    [InlineData("""{"url":"https://shop.example/","maxAmount":"1","contentType":"text/plain"}""", "invalid_purchase: ")]
    [InlineData("""{"url":"http://169.254.169.254/latest/","maxAmount":"1"}""", "url_not_allowed: ")]
    [InlineData("""{"url":"ftp://shop.example/","maxAmount":"1"}""", "url_not_allowed: ")]
    public async Task WhatIsNoPurchase_IsRefused(string arguments, string refusal)
    {
        var buyer = Buyer();
        await using var gateway = Gateway();
        Assert.StartsWith(refusal, Text(await Client(gateway).CallAsync("pay", arguments)), StringComparison.Ordinal);
        Assert.Empty(buyer.Orders);
    }

    private static RawMcp Client(GatewayServer gateway) => new(gateway.Client());

    private static JsonObject Call(string? state = null, string? answer = null, string? key = null)
    {
        var arguments = JsonNode.Parse(Arguments)!;
        if (key is not null)
            arguments["idempotencyKey"] = key;
        var capabilities = new JsonObject { ["elicitation"] = new JsonObject() };
        var call = new JsonObject { ["name"] = "pay", ["arguments"] = arguments, ["_meta"] = new JsonObject { [RawMcp.MetaPrefix + "clientCapabilities"] = capabilities } };
        if (state is not null)
            call["requestState"] = state;
        if (answer is not null)
            call["inputResponses"] = new JsonObject { ["approve_payment"] = JsonNode.Parse(answer) };
        return call;
    }

    private static string State(JsonElement result) => result.GetProperty("requestState").GetString()!;

    private static string Text(JsonElement result) => result.GetProperty("content")[0].GetProperty("text").GetString()!;

    private FakeBuyer Buyer()
    {
        fixture.Sidecar.Reset();
        return FakeBuyer.Behind(fixture.Sidecar);
    }

    private GatewayServer Gateway(params KeyValuePair<string, string>[] settings) =>
        new(fixture.Sidecar, null, [new("APP_API_TOKEN", "token"), .. settings]);
}
