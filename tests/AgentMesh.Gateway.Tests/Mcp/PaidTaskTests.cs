using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Mcp;
using AgentMesh.X402.Wire;

namespace AgentMesh.Gateway.Tests.Mcp;

/// <summary>A paid call whose work takes longer than its client is let wait: the payment comes first, the receipt with the answer.</summary>
public sealed class PaidTaskTests(McpFixture fixture) : IClassFixture<McpFixture>
{
    private const string PaymentId = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    private const string TaskId = "00112233445566778899aabbccddeeff";
    private const string Pending = """{"state":"executing","paymentId":"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff","reason":"payment_pending","retryAfterSeconds":2}""";

    private const string Known =
        $$$"""{"value":{"taskId":"{{{TaskId}}}","tool":"premium_analysis","paymentId":"{{{PaymentId}}}","createdAt":"2026-11-26T12:00:00+00:00","expiresAt":"2026-11-26T13:00:00+00:00"}}""";

    private const string Payment =
        $$$$"""{"x402Version":2,"resource":{"url":"mcp://tool/premium_analysis"},"accepted":{"scheme":"exact","network":"eip155:84532","amount":"100000","asset":"0x036CbD53842c5426634e7929541eC2318f3dCF7e","payTo":"{{{{McpFixture.PayTo}}}}","maxTimeoutSeconds":300,"extra":{"name":"USDC","version":"2"}},"payload":{"signature":"0x00","authorization":{"from":"0x1","to":"0x2","value":"100000","validAfter":"0","validBefore":"1","nonce":"0x3"}}}""";

    private static readonly string Receipt = PaymentHeaders.Write(new SettleResponse(true, "0xabc", "eip155:84532", Payer: "0x1"));
    private static readonly string NoReceipt = PaymentHeaders.Write(new SettleResponse(false, "", "eip155:84532", "insufficient_funds", Payer: "0x1"));

    private RawMcp Client => new(fixture.Stranger) { TakesTasks = true };

    [Fact]
    public async Task Call_BecomesATask_WhenItsPaymentIsGood()
    {
        Answers(McpFixture.Sales, Pending, Known);
        var begun = await BuyAsync();
        Assert.Equal((TaskId, "working", "task"), (Text(begun, "taskId"), Text(begun, "status"), Text(begun, "resultType")));
        var bought = JsonElement.Parse(fixture.Sidecar.Calls[1].Body);
        Assert.Equal(3, bought.GetProperty("waitSeconds").GetInt32());
        var made = JsonElement.Parse(fixture.Sidecar.Calls[2].Body);
        Assert.Equal((PaymentId, "premium_analysis"), (Text(made, "paymentId"), Text(made, "tool")));
    }

    [Fact]
    public async Task AgentWithoutRoom_IsWaitedForAsByOthers()
    {
        Answers(McpFixture.Sales, Pending, """{"refusal":{"code":"too_many_tasks","detail":"No room."}}""", Settled);
        Assert.Equal("Yes.", Text((await BuyAsync()).GetProperty("content")[0], "text"));
        Assert.Equal([3, 42], Waits([fixture.Sidecar.Calls[1], fixture.Sidecar.Calls[3]]));
    }

    [Fact]
    public async Task CallWithoutAPayment_IsNoTask()
    {
        Answers(McpFixture.Sales);
        Assert.True((await Client.CallAsync("premium_analysis", """{"query":"so?"}""")).GetProperty("isError").GetBoolean());
        Assert.Single(fixture.Sidecar.Calls);
    }

    [Fact]
    public async Task SettledPayment_EndsTheTask_WithItsReceipt()
    {
        Answers(Known, Settled);
        var task = await GetAsync();
        Assert.Equal("completed", Text(task, "status"));
        var result = task.GetProperty("result");
        Assert.Equal("Yes.", Text(result.GetProperty("content")[0], "text"));
        Assert.Equal((true, "0xabc"), (McpPayments.ReadReceipt(result.GetProperty("_meta")).Value!.Success, McpPayments.ReadReceipt(result.GetProperty("_meta")).Value!.Transaction));
        Assert.EndsWith($"/payments/{PaymentId}/outcome", fixture.Sidecar.Calls[1].Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FailedPayment_EndsTheTask_WithTheTerms()
    {
        Answers(Known, $$"""{"state":"failed","paymentId":"{{PaymentId}}","reason":"insufficient_funds","paymentResponse":"{{NoReceipt}}"}""", McpFixture.Sales);
        var result = (await GetAsync()).GetProperty("result");
        Assert.Equal("insufficient_funds", ((PaymentRequiredV2)McpPaymentRequired.Read(result).Value!.Terms).Error);
        Assert.False(McpPayments.ReadReceipt(result.GetProperty("_meta")).Value!.Success);
    }

    /// <summary>Never with the terms: whoever was asked to pay again might pay twice.</summary>
    [Theory]
    [InlineData("executing", null)]
    [InlineData("settling", null)]
    [InlineData("unknown", "Whether the payment was settled is not known yet; it is being looked for.")]
    public async Task PaymentThatIsNotOver_IsWorkedOn(string state, string? message)
    {
        Answers(Known, $$"""{"state":"{{state}}","paymentId":"{{PaymentId}}"}""");
        var task = await GetAsync();
        Assert.Equal("working", Text(task, "status"));
        Assert.Equal(message, task.TryGetProperty("statusMessage", out var said) ? said.GetString() : null);
        Assert.False(task.TryGetProperty("result", out _));
    }

    [Fact]
    public async Task ServiceThatIsAway_EndsNoTask()
    {
        Answers(Known);
        fixture.Sidecar.Then(FakeSidecar.Text(500, """{"errorCode":"ERR_DIRECT_INVOKE","message":"no"}"""));
        var task = await GetAsync();
        Assert.Equal(("working", "Where the payment stands cannot be said at the moment."), (Text(task, "status"), Text(task, "statusMessage")));
    }

    /// <summary>It is paid for, and settled with its answer.</summary>
    [Fact]
    public async Task Cancel_DoesNotEndPaidWork()
    {
        Answers(Known);
        await Client.ResultAsync("tasks/cancel", new JsonObject { ["taskId"] = TaskId });
        Assert.Equal("GetTask", Assert.Single(fixture.Sidecar.Calls).Path.Split('/')[^1]);
    }

    /// <summary>The agent decides with it what a caller finds.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Agent_IsTold_WhetherItsOwnerAsks(bool isOwner)
    {
        Answers("""{"refusal":{"code":"task_not_found","detail":"No such task."}}""");
        var client = new RawMcp(isOwner ? fixture.Owner : fixture.Stranger) { TakesTasks = true };
        Assert.Equal(-32602, (await client.ErrorAsync("tasks/get", new JsonObject { ["taskId"] = TaskId })).Code);
        Assert.Equal(isOwner, JsonElement.Parse(fixture.Sidecar.Calls[0].Body).GetProperty("isOwner").GetBoolean());
    }

    private static string Settled =>
        $$"""{"state":"settled","paymentId":"{{PaymentId}}","answer":"Yes.","paymentResponse":"{{Receipt}}","paymentResponseHeader":"PAYMENT-RESPONSE"}""";

    private Task<JsonElement> BuyAsync() => Client.CallAsync("premium_analysis", """{"query":"so?"}""", new JsonObject { ["x402/payment"] = JsonNode.Parse(Payment) });

    private Task<JsonElement> GetAsync() => Client.ResultAsync("tasks/get", new JsonObject { ["taskId"] = TaskId });

    private static IEnumerable<int> Waits(IEnumerable<SidecarCall> purchases) => purchases.Select(call => JsonElement.Parse(call.Body).GetProperty("waitSeconds").GetInt32());

    private static string? Text(JsonElement element, string member) => element.GetProperty(member).GetString();

    private void Answers(params string[] replies)
    {
        fixture.Sidecar.Reset();
        foreach (var reply in replies)
            fixture.Sidecar.Then(FakeSidecar.Text(200, reply));
    }
}
