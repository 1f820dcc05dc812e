using System.Net;
using System.Text;
using System.Text.Json;
using AgentMesh.Gateway.Selling;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.ProtocolExtensions;
using AgentMesh.X402.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AgentMesh.Gateway.Tests.Selling;

/// <summary>The paid door: terms without a payment, and what each end of a payment is answered.</summary>
public sealed class PremiumTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string PayTo = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
    private const string Id = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    private const string Sales =
        $$$"""{"value":{"payTo":"{{{PayTo}}}","tools":[{"name":"premium_analysis","description":"Analyzes.","inputSchema":"{}","priceUsd":"0.10"},{"name":"forecast","description":"Forecasts.","inputSchema":"{}","priceUsd":"0.25"}]}}""";

    private readonly HttpClient _client = fixture.Gateway.Client();

    [Theory]
    [InlineData("analysis", "100000")]
    [InlineData("forecast", "250000")]
    public async Task WithoutAPayment_TheTermsOfBothVersionsAreToldIn402(string name, string amount)
    {
        Answers(Sales);
        using var answer = await PostAsync(name, """{"query":"so?"}""");
        Assert.Equal(HttpStatusCode.PaymentRequired, answer.StatusCode);
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        var v2 = (PaymentRequiredV2)PaymentRequiredAnswer.Read(answer.Headers.GetValues("PAYMENT-REQUIRED").Single(), default).Value!;
        var way = Assert.Single(v2.Accepts);
        Assert.Equal(
            ("exact", "eip155:84532", amount, "0x036CbD53842c5426634e7929541eC2318f3dCF7e", PayTo), (way.Scheme, way.Network, way.Amount, way.Asset, way.PayTo));
        Assert.Equal($"http://localhost/agent/alice/premium/{name}", v2.Resource.Url);
        Assert.Equal((true, false), (PaymentIdentifier.IsOffered(v2.Extensions), PaymentIdentifier.IsRequired(v2.Extensions)));
        var v1 = (PaymentRequiredV1)PaymentRequiredAnswer.Read(null, await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Value!;
        Assert.Equal(("base-sepolia", amount), (v1.Accepts[0].Network, v1.Accepts[0].MaxAmountRequired));
        Assert.EndsWith("/method/GetSales", Assert.Single(fixture.Sidecar.Calls).Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Sales, "unknown")]
    [InlineData(Sales, "premium_unknown")]
    [InlineData("""{"value":{"tools":[]}}""", "analysis")]
    public async Task WhatIsNotForSale_Is404(string sales, string name)
    {
        Answers(sales);
        using var answer = await PostAsync(name, "{}");
        await answer.IsProblemAsync(404, "not_for_sale");
    }

    [Theory]
    [InlineData("[]", "invalid_request")]
    [InlineData("{", "invalid_json")]
    [InlineData("", "invalid_json")]
    [InlineData("""{"a":1,"a":2}""", "invalid_request")]
    [InlineData("""{"query":"\udc00\ud800"}""", "invalid_request")]
    [InlineData("""{"query":{"\ud800":1}}""", "invalid_request")]
    [InlineData("""{"\ud800":1}""", "invalid_request")]
    public async Task BodyThatIsNoObject_ReachesNobody(string body, string code)
    {
        fixture.Sidecar.Reset();
        using var answer = await PostAsync("analysis", body, "x");
        await answer.IsProblemAsync(400, code);
        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Fact]
    public async Task Payment_IsBoughtWith_AndTheAnswerHasItsReceipt()
    {
        Answers(Sales, $$"""{"state":"settled","paymentId":"{{Id}}","answer":"It \"is\".","turn":"7","paymentResponse":"cmVjZWlwdA==","paymentResponseHeader":"PAYMENT-RESPONSE"}""");
        using var answer = await PostAsync("analysis", """{ "query" : "so <1>?" }""", "payment-text");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("""{"analysis":"It \"is\"."}""", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("cmVjZWlwdA==", answer.Headers.GetValues("PAYMENT-RESPONSE").Single());
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        var call = fixture.Sidecar.Calls[^1];
        Assert.Equal(("POST", "/v1.0/invoke/payments/method/payments", "sidecar-token"), (call.Method, call.Path, call.Headers["dapr-api-token"]));
        var purchase = JsonElement.Parse(call.Body);
        Assert.Equal("""{"query":"so <1>?"}""", purchase.GetProperty("content").GetString());
        Assert.Equal(
            ("default:alice", "premium_analysis", "payment-text", "http://localhost/agent/alice/premium/analysis", 64),
            (purchase.GetProperty("seller").GetString(), purchase.GetProperty("tool").GetString(), purchase.GetProperty("paymentSignature").GetString(),
                purchase.GetProperty("resource").GetProperty("url").GetString(), purchase.GetProperty("bodyHash").GetString()!.Length));
        Assert.Equal("100000", purchase.GetProperty("options")[0].GetProperty("amountAtomic").GetString());
    }

    [Fact]
    public async Task AnotherToolsAnswer_IsItsResult()
    {
        Answers(Sales, $$"""{"state":"settled","paymentId":"{{Id}}","answer":"rain"}""");
        using var answer = await PostAsync("forecast", "{}", "payment-text");
        Assert.Equal("""{"result":"rain"}""", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Nothing was charged: the terms, with the reason.</summary>
    [Fact]
    public async Task FailedPayment_GetsTheTermsAgain_WithItsReasonAndReceipt()
    {
        Answers(Sales, $$"""{"state":"failed","paymentId":"{{Id}}","reason":"insufficient_funds","detail":"No.","paymentResponse":"bm8=","paymentResponseHeader":"PAYMENT-RESPONSE"}""");
        using var answer = await PostAsync("analysis", "{}", "payment-text");
        Assert.Equal(HttpStatusCode.PaymentRequired, answer.StatusCode);
        Assert.Equal("insufficient_funds", ((PaymentRequiredV2)PaymentRequiredAnswer.Read(answer.Headers.GetValues("PAYMENT-REQUIRED").Single(), default).Value!).Error);
        Assert.Equal("bm8=", answer.Headers.GetValues("PAYMENT-RESPONSE").Single());
    }

    /// <summary>Whoever was asked to pay again might pay twice.</summary>
    [Theory]
    [InlineData("""{"state":"unknown","paymentId":"ID","reason":"payment_unknown","detail":"Not known.","retryAfterSeconds":10}""", "payment_unknown", "10")]
    [InlineData("""{"state":"executing","paymentId":"ID","reason":"payment_pending","detail":"Under way.","retryAfterSeconds":2}""", "payment_pending", "2")]
    [InlineData("""{"state":"failed","paymentId":"ID","reason":"facilitator_unavailable","detail":"Away.","retryAfterSeconds":5}""", "facilitator_unavailable", "5")]
    public async Task PaymentThatIsNotOver_Is503_AndNeverTheTerms(string outcome, string code, string retryAfter)
    {
        Answers(Sales, outcome.Replace("ID", Id, StringComparison.Ordinal));
        using var answer = await PostAsync("analysis", "{}", "payment-text");
        Assert.Contains(Id, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await answer.IsProblemAsync(503, code);
        Assert.Equal(retryAfter, answer.Headers.RetryAfter!.ToString());
        Assert.False(answer.Headers.Contains("PAYMENT-REQUIRED"));
    }

    [Theory]
    [InlineData(409, "payment_reused")]
    [InlineData(409, "payment_identifier_reused")]
    [InlineData(400, "invalid_payment_identifier")]
    public async Task RefusalOfThePayments_IsPassedOn(int status, string code)
    {
        Answers(Sales);
        fixture.Sidecar.Then(FakeSidecar.Text(status, $$"""{"type":"urn:agentmesh:problem:{{code}}","title":"t","status":{{status}},"detail":"Used."}"""));
        using var answer = await PostAsync("analysis", "{}", "payment-text");
        await answer.IsProblemAsync(status, code);
    }

    /// <summary>What is not answered is sent again, the same, while the service moves to another process; what it answers itself is not.</summary>
    [Theory]
    [InlineData(500, 7)]
    [InlineData(404, 1)]
    [InlineData(502, 7)]
    public async Task ServiceThatIsAway_LeavesTheOutcomeUnknown(int status, int calls)
    {
        Answers(Sales);
        foreach (var _ in Enumerable.Range(0, calls))
            fixture.Sidecar.Then(FakeSidecar.Text(status, """{"errorCode":"ERR_DIRECT_INVOKE","message":"no"}"""));
        using var answer = await PostAsync("analysis", "{}", "payment-text");
        await answer.IsProblemAsync(503, "payment_unknown");
        Assert.Single(fixture.Sidecar.Calls.Skip(1).GroupBy(call => call.Body), same => same.Count() == calls);
        Assert.False(answer.Headers.Contains("PAYMENT-REQUIRED"));
    }

    [Fact]
    public async Task ServiceThatMoves_IsAskedAgain()
    {
        Answers(Sales);
        fixture.Sidecar.Then(FakeSidecar.Cut, FakeSidecar.Text(500, """{"errorCode":"ERR_DIRECT_INVOKE","message":"no"}"""));
        fixture.Sidecar.Then(FakeSidecar.Text(200, $$"""{"state":"settled","paymentId":"{{Id}}","answer":"It is."}"""));
        using var answer = await PostAsync("analysis", "{}", "payment-text");
        Assert.Equal("""{"analysis":"It is."}""", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Who waits for a payment is told to ask elsewhere, and not cut off.</summary>
    [Fact]
    public async Task GatewayThatEnds_AnswersWhoWaits()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        await using var gateway = new GatewayServer(sidecar);
        sidecar.Then(FakeSidecar.Text(200, Sales), FakeSidecar.Hang);
        using var client = gateway.Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/agent/alice/premium/analysis") { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        request.Headers.Add("PAYMENT-SIGNATURE", "payment-text");
        var waiting = client.SendAsync(request, TestContext.Current.CancellationToken);
        while (!(await sidecar.NextCallAsync()).Path.EndsWith("/payments", StringComparison.Ordinal))
            Assert.False(waiting.IsCompleted);
        gateway.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        using var answer = await waiting;
        await answer.IsProblemAsync(503, "payment_unknown");
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Theory]
    [InlineData(400, "\"no\"")]
    [InlineData(403, "{}")]
    [InlineData(409, "[]")]
    [InlineData(409, "no JSON")]
    [InlineData(409, """{"type":7,"detail":"x"}""")]
    [InlineData(409, """{"type":"about:blank","detail":"x"}""")]
    [InlineData(409, """{"type":"urn:agentmesh:problem:payment_reused","detail":null}""")]
    public async Task RefusalNobodyUnderstands_LeavesTheOutcomeUnknown(int status, string body)
    {
        Answers(Sales);
        fixture.Sidecar.Then(FakeSidecar.Text(status, body));
        using var answer = await PostAsync("analysis", "{}", "payment-text");
        await answer.IsProblemAsync(503, "payment_unknown");
    }

    [Theory]
    [InlineData("eip155:84532", "0x036CbD53842c5426634e7929541eC2318f3dCF7e", "https://agents.example.org", 300, true)]
    [InlineData("eip155:84532", "0x036cbd53842c5426634e7929541ec2318f3dcf7e", "http://localhost:8080/", 10, true)]
    [InlineData("eip155:1", "0x036CbD53842c5426634e7929541eC2318f3dCF7e", "http://localhost", 300, false)]
    [InlineData("base-sepolia", "0x036CbD53842c5426634e7929541eC2318f3dCF7e", "http://localhost", 300, false)]
    [InlineData("eip155:84532", "usdc", "http://localhost", 300, false)]
    [InlineData("eip155:84532", "0x036CbD53842c5426634e7929541eC2318f3dCF7e", "localhost", 300, false)]
    [InlineData("eip155:84532", "0x036CbD53842c5426634e7929541eC2318f3dCF7e", "http://localhost/path", 300, false)]
    [InlineData("eip155:84532", "0x036CbD53842c5426634e7929541eC2318f3dCF7e", "http://localhost", 9, false)]
    [InlineData("eip155:84532", "0x036CbD53842c5426634e7929541eC2318f3dCF7e", "http://localhost", 3601, false)]
    public void Settings_AreAKnownTokenAndAnAddress(string network, string asset, string url, int seconds, bool valid) => Assert.Equal(
        valid,
        new SellingOptionsValidator().Validate(null, new SellingOptions { Network = network, Asset = asset, PublicUrl = url, MaxTimeoutSeconds = seconds }).Succeeded);

    private void Answers(params string[] replies)
    {
        fixture.Sidecar.Reset();
        foreach (var reply in replies)
            fixture.Sidecar.Then(FakeSidecar.Text(200, reply));
    }

    private async Task<HttpResponseMessage> PostAsync(string name, string body, string? payment = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/agent/alice/premium/{name}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (payment is not null)
            request.Headers.Add("PAYMENT-SIGNATURE", payment);
        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
