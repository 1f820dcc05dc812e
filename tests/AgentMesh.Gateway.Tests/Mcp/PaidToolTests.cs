using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Mcp;
using AgentMesh.X402.Wire;
using Microsoft.AspNetCore.Http;

namespace AgentMesh.Gateway.Tests.Mcp;

/// <summary>The x402 transport of MCP, in the specification's shape and in Cloudflare's, before the app payments.</summary>
public sealed class PaidToolTests(McpFixture fixture) : IClassFixture<McpFixture>
{
    private const string Id = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    private const string Query = """{"query":"so?"}""";

    // What the app payments is sent is checked there; here it has to be a payment of its version.
    private const string PaymentV2 =
        $$$$"""{"x402Version":2,"resource":{"url":"mcp://tool/premium_analysis"},"accepted":{"scheme":"exact","network":"eip155:84532","amount":"100000","asset":"0x036CbD53842c5426634e7929541eC2318f3dCF7e","payTo":"{{{{McpFixture.PayTo}}}}","maxTimeoutSeconds":300,"extra":{"name":"USDC","version":"2"}},"payload":{"signature":"0x00","authorization":{"from":"0x1","to":"0x2","value":"100000","validAfter":"0","validBefore":"1","nonce":"0x3"}}}""";

    private const string PaymentV1 =
        """{"x402Version":1,"scheme":"exact","network":"base-sepolia","payload":{"signature":"0x00","authorization":{"from":"0x1","to":"0x2","value":"100000","validAfter":"0","validBefore":"1","nonce":"0x3"}}}""";

    private static readonly string Receipt = PaymentHeaders.Write(new SettleResponse(true, "0xabc", "eip155:84532", Payer: "0x1"));

    public static TheoryData<string> AllRevisions => [.. Revisions.All];

    [Theory]
    [MemberData(nameof(AllRevisions))]
    public async Task WithoutAPayment_TheTermsAreTheResult(string revision)
    {
        fixture.Sidecar.Reset();
        var result = await new RawMcp(fixture.Stranger, revision).CallAsync("premium_analysis", Query);
        Assert.True(result.GetProperty("isError").GetBoolean());
        var text = JsonElement.Parse(result.GetProperty("content")[0].GetProperty("text").GetString()!);
        Assert.Equal(Revisions.IsStructured(revision), result.TryGetProperty("structuredContent", out var structured));
        if (Revisions.IsStructured(revision))
            Assert.True(JsonElement.DeepEquals(structured, text));
        Assert.True(JsonElement.DeepEquals(result.GetProperty("_meta").GetProperty("x402/error"), text));

        var terms = (PaymentRequiredV2)McpPaymentRequired.Read(result).Value!.Terms;
        Assert.Equal(("payment_required", "mcp://tool/premium_analysis"), (terms.Error, terms.Resource.Url));
        var way = Assert.Single(terms.Accepts);
        Assert.Equal(
            ("exact", "eip155:84532", "100000", "0x036CbD53842c5426634e7929541eC2318f3dCF7e", McpFixture.PayTo), (way.Scheme, way.Network, way.Amount, way.Asset, way.PayTo));
        Assert.Single(fixture.Sidecar.Calls);
    }

    [Fact]
    public async Task List_SaysWhatACallCosts()
    {
        fixture.Sidecar.Reset();
        var tools = (await new RawMcp(fixture.Owner).ResultAsync("tools/list")).GetProperty("tools").EnumerateArray();
        var tool = tools.Single(tool => tool.GetProperty("name").GetString() == "premium_analysis");
        Assert.Contains("0.10 USD", tool.GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.True(tool.GetProperty("_meta").GetProperty("agents-x402/paymentRequired").GetBoolean());
        Assert.Equal(0.10m, tool.GetProperty("_meta").GetProperty("agents-x402/priceUSD").GetDecimal());
        Assert.Equal("query", tool.GetProperty("inputSchema").GetProperty("required")[0].GetString());
    }

    /// <summary>An object by the specification, text in Cloudflare's dialect, or the header of the request, which those send too.</summary>
    [Theory]
    [InlineData(PaymentV2, "object", "paymentSignature", "xPayment")]
    [InlineData(PaymentV2, "text", "paymentSignature", "xPayment")]
    [InlineData(PaymentV2, "PAYMENT-SIGNATURE", "paymentSignature", "xPayment")]
    [InlineData(PaymentV1, "object", "xPayment", "paymentSignature")]
    [InlineData(PaymentV1, "text", "xPayment", "paymentSignature")]
    [InlineData(PaymentV1, "X-PAYMENT", "xPayment", "paymentSignature")]
    public async Task Payment_IsBoughtWith_AndTheReceiptComesBack(string payment, string way, string header, string other)
    {
        Answers(McpFixture.Sales, Outcome("settled", $$"""
            ,"answer":"It \"is\".","paymentResponse":"{{Receipt}}","paymentResponseHeader":"PAYMENT-RESPONSE"
            """));
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(payment));
        var parameters = new JsonObject { ["name"] = "premium_analysis", ["arguments"] = JsonNode.Parse(Query) };
        if (way is "object" or "text")
            parameters["_meta"] = new JsonObject { ["x402/payment"] = way == "object" ? JsonNode.Parse(payment) : encoded };
        using var request = new RawMcp(fixture.Stranger).Request("tools/call", parameters);
        if (way is not ("object" or "text"))
            request.Headers.Add(way, encoded);
        using var response = await fixture.Stranger.SendAsync(request, TestContext.Current.CancellationToken);
        var result = (await RawMcp.MessageOf(response)).GetProperty("result");

        Assert.False(result.TryGetProperty("isError", out _));
        Assert.Equal("It \"is\".", result.GetProperty("content")[0].GetProperty("text").GetString());
        var receipt = McpPayments.ReadReceipt(result.GetProperty("_meta")).Value!;
        Assert.Equal((true, "0xabc", "0x1"), (receipt.Success, receipt.Transaction, receipt.Payer));
        var purchase = JsonElement.Parse(fixture.Sidecar.Calls[^1].Body);
        Assert.Equal(
            ("default:alice", "premium_analysis", Query, "mcp://tool/premium_analysis", 45),
            (purchase.GetProperty("seller").GetString(), purchase.GetProperty("tool").GetString(), purchase.GetProperty("content").GetString(),
                purchase.GetProperty("resource").GetProperty("url").GetString(), purchase.GetProperty("waitSeconds").GetInt32()));
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(payment), JsonElement.Parse(Convert.FromBase64String(purchase.GetProperty(header).GetString()!))));
        Assert.False(purchase.TryGetProperty(other, out var none) && none.ValueKind != JsonValueKind.Null);
    }

    /// <summary>Nobody pays for a call that cannot work.</summary>
    [Theory]
    [InlineData("{}", "invalid_request: query is required: What is asked.")]
    [InlineData("""{"query":7}""", "invalid_request: query must be a string, and is a number.")]
    public async Task WrongArguments_AreSaidBeforeAnyMoney(string arguments, string words)
    {
        Answers(McpFixture.Sales);
        var result = await new RawMcp(fixture.Stranger).CallAsync("premium_analysis", arguments, Paying());
        Assert.Equal(words, result.GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Single(fixture.Sidecar.Calls);
    }

    [Theory]
    [InlineData("{}", "invalid_payload")]
    [InlineData("7", "invalid_payload")]
    [InlineData("\"no base64\"", "invalid_payload")]
    [InlineData("""{"x402Version":3}""", "invalid_x402_version")]
    public async Task WhatIsNoPayment_IsAnsweredWithTheTerms(string payment, string error)
    {
        Answers(McpFixture.Sales);
        var result = await new RawMcp(fixture.Stranger).CallAsync("premium_analysis", Query, new JsonObject { ["x402/payment"] = JsonNode.Parse(payment) });
        Assert.Equal(error, ((PaymentRequiredV2)McpPaymentRequired.Read(result).Value!.Terms).Error);
        Assert.Single(fixture.Sidecar.Calls);
    }

    [Fact]
    public async Task FailedPayment_GetsTheTermsAgain_WithItsReceipt()
    {
        var failed = PaymentHeaders.Write(new SettleResponse(false, "", "eip155:84532", "insufficient_funds", Payer: "0x1"));
        Answers(McpFixture.Sales, Outcome("failed", $$"""
            ,"reason":"insufficient_funds","paymentResponse":"{{failed}}","paymentResponseHeader":"PAYMENT-RESPONSE"
            """));
        var result = await new RawMcp(fixture.Stranger).CallAsync("premium_analysis", Query, Paying());
        Assert.Equal("insufficient_funds", ((PaymentRequiredV2)McpPaymentRequired.Read(result).Value!.Terms).Error);
        Assert.False(McpPayments.ReadReceipt(result.GetProperty("_meta")).Value!.Success);
    }

    /// <summary>Whoever was asked to pay again might pay twice.</summary>
    [Theory]
    [InlineData("unknown", "payment_unknown", "10")]
    [InlineData("executing", "payment_pending", "2")]
    [InlineData("failed", "facilitator_unavailable", "5")]
    public async Task PaymentThatIsNotOver_IsNeverAnsweredWithTheTerms(string state, string reason, string seconds)
    {
        Answers(McpFixture.Sales, Outcome(state, $$"""
            ,"reason":"{{reason}}","detail":"Wait.","retryAfterSeconds":{{seconds}}
            """));
        var result = await new RawMcp(fixture.Stranger).CallAsync("premium_analysis", Query, Paying());
        Assert.Equal($"{reason}: Wait. Payment {Id}. (retryAfterSeconds: {seconds})", result.GetProperty("content")[0].GetProperty("text").GetString());
        Assert.True(McpPaymentRequired.Read(result).IsRefused);
    }

    [Theory]
    [InlineData(409, "payment_reused")]
    [InlineData(409, "payment_identifier_reused")]
    public async Task RefusalOfThePayments_IsPassedOn(int status, string code)
    {
        Answers(McpFixture.Sales);
        fixture.Sidecar.Then(FakeSidecar.Text(status, $$"""{"type":"urn:agentmesh:problem:{{code}}","title":"t","status":{{status}},"detail":"Used."}"""));
        var result = await new RawMcp(fixture.Stranger).CallAsync("premium_analysis", Query, Paying());
        Assert.Equal($"{code}: Used.", result.GetProperty("content")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task ServiceThatIsAway_LeavesTheOutcomeUnknown()
    {
        Answers(McpFixture.Sales);
        fixture.Sidecar.Then(FakeSidecar.Text(500, """{"errorCode":"ERR_DIRECT_INVOKE","message":"no"}"""));
        var result = await new RawMcp(fixture.Stranger).CallAsync("premium_analysis", Query, Paying());
        Assert.StartsWith("payment_unknown: ", result.GetProperty("content")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    /// <summary>The client is gone; the work and its settlement are not.</summary>
    [Fact]
    public async Task ClientThatHangsUp_EndsNoSettlement()
    {
        Answers(McpFixture.Sales);
        var buying = new TaskCompletionSource<HttpContext>();
        var answer = new TaskCompletionSource();
        fixture.Sidecar.Then(async context =>
        {
            buying.SetResult(context);
            await answer.Task;
            await FakeSidecar.Text(200, Outcome("settled", ",\"answer\":\"x\""))(context);
        });
        // On sockets: in memory nobody can hang up on a request that does not end.
        await using var gateway = new GatewayServer(fixture.Sidecar).OnKestrel();
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{gateway.Port}") };
        var client = new RawMcp(http);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var request = client.Request(
            "tools/call", new JsonObject { ["name"] = "premium_analysis", ["arguments"] = JsonNode.Parse(Query), ["_meta"] = Paying() });
        var call = http.SendAsync(request, gone.Token);
        var purchase = await buying.Task.WaitAsync(TestContext.Current.CancellationToken);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        // The server has seen the end of the connection by the time it has served a few more.
        for (var n = 0; n < 10; n++)
            await client.ResultAsync("tools/list");
        Assert.False(purchase.RequestAborted.IsCancellationRequested);
        answer.SetResult();
    }

    private static JsonObject Paying() => new() { ["x402/payment"] = JsonNode.Parse(PaymentV2) };

    private static string Outcome(string state, string members) => $$"""{"state":"{{state}}","paymentId":"{{Id}}"{{members}}}""";

    private void Answers(params string[] replies)
    {
        fixture.Sidecar.Reset();
        foreach (var reply in replies)
            fixture.Sidecar.Then(FakeSidecar.Text(200, reply));
    }
}
