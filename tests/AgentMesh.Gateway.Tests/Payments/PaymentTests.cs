namespace AgentMesh.Gateway.Tests.Payments;

/// <summary>An agent's payments, as its own records and the payments themselves have them.</summary>
public sealed class PaymentTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string Id = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    private const string Rest =
        $$"""
        "id":"{{Id}}","direction":"in","amountAtomic":"340282366920938463463374607431768211455","decimals":6,"asset":"0x2","network":"eip155:84532","payer":"0x3","payee":"0x1","resource":"http://localhost/x","createdAt":"2026-01-02T03:04:05+00:00","updatedAt":"2026-01-02T03:04:06+00:00","seq":1
        """;

    private const string Settled = $$"""{"state":"settled","transaction":"0x4",{{Rest}}}""";
    private const string Executing = $$"""{"state":"executing",{{Rest}}}""";

    private readonly HttpClient _client = fixture.Gateway.Client();

    [Theory]
    [InlineData("", """{"limit":100}""")]
    [InlineData("?limit=1", """{"limit":1}""")]
    [InlineData("?limit=1000&before=9", """{"limit":1000,"before":9}""")]
    public async Task List_ReachesTheActor(string query, string body)
    {
        Answers("""{"value":{"payments":[""" + Settled + """],"nextBefore":1}}""");
        using var response = await GetAsync("payments" + query);
        Assert.Equal($$"""{"payments":[{{Shown("settled", "\"0x4\"", "2026-01-02T03:04:06Z")}}],"nextBefore":1}""", await response.IsJsonAsync());
        var call = Assert.Single(fixture.Sidecar.Calls);
        Assert.Equal(body, call.Body);
        Assert.EndsWith("AgentActor/default:alice/method/ListPayments", call.Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?limit=0", "invalid_limit")]
    [InlineData("?limit=1001", "invalid_limit")]
    [InlineData("?limit=x", "invalid_limit")]
    [InlineData("?before=0", "invalid_before")]
    [InlineData("?before=-1", "invalid_before")]
    public async Task List_RefusesWhatIsNoPage(string query, string code)
    {
        fixture.Sidecar.Reset();
        using var response = await GetAsync("payments" + query);
        await response.IsProblemAsync(400, code);
        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Fact]
    public async Task PaymentThatIsOver_IsReadFromItsAgentAlone()
    {
        Answers($$"""{"value":{{Settled}}}""");
        using var response = await GetAsync($"payments/{Id}");
        Assert.Equal(Shown("settled", "\"0x4\"", "2026-01-02T03:04:06Z"), await response.IsJsonAsync());
        Assert.Equal($$"""{"paymentId":"{{Id}}"}""", Assert.Single(fixture.Sidecar.Calls).Body);
    }

    [Fact]
    public async Task PaymentThatIsNotOver_SaysItselfWhereItStands()
    {
        Answers($$"""{"value":{{Executing}}}""", Info("default:alice"));
        using var response = await GetAsync($"payments/{Id}");
        Assert.Equal(Shown("settling", "\"0x9\"", "2026-01-02T03:04:09Z"), await response.IsJsonAsync());
        Assert.Equal(("GET", $"/v1.0/invoke/payments/method/payments/{Id}"), (fixture.Sidecar.Calls[1].Method, fixture.Sidecar.Calls[1].Path));
    }

    [Theory]
    [InlineData(200, "bob")]
    [InlineData(404, null)]
    [InlineData(500, null)]
    public async Task PaymentThatDoesNotSay_IsToldFromItsAgentsRecords(int status, string? seller)
    {
        Answers($$"""{"value":{{Executing}}}""");
        fixture.Sidecar.Then(FakeSidecar.Text(status, seller is null ? "{}" : Info($"default:{seller}")));
        using var response = await GetAsync($"payments/{Id}");
        Assert.Equal(Shown("executing", "null", "2026-01-02T03:04:06Z"), await response.IsJsonAsync());
    }

    [Fact]
    public async Task PaymentOfSomebodyElse_Is404()
    {
        Answers("""{"refusal":{"code":"payment_not_found","detail":"The agent has no such payment."}}""");
        using var response = await GetAsync($"payments/{Id}");
        await response.IsProblemAsync(404, "payment_not_found");
    }

    [Theory]
    [InlineData("1")]
    [InlineData("00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF")]
    [InlineData("00112233445566778899aabbccddeeff00112233445566778899aabbccddeefg")]
    [InlineData("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff0")]
    public async Task WhatIsNoPaymentId_Is404_AndReachesNobody(string id)
    {
        fixture.Sidecar.Reset();
        using var response = await GetAsync($"payments/{id}");
        await response.IsProblemAsync(404, "payment_not_found");
        Assert.Empty(fixture.Sidecar.Calls);
    }

    private static string Info(string seller) =>
        $$"""{"paymentId":"{{Id}}","state":"settling","seller":"{{seller}}","resource":"http://localhost/x","network":"eip155:84532","asset":"0x2","amountAtomic":"1","payTo":"0x1","payer":"0x3","x402Version":2,"wireNetwork":"eip155:84532","wasVerified":true,"attempt":1,"createdAt":"2026-01-02T03:04:05+00:00","updatedAt":"2026-01-02T03:04:09+00:00","transaction":"0x9"}""";

    private static string Shown(string state, string transaction, string updatedAt) =>
        $$"""{"seq":1,"id":"{{Id}}","direction":"in","state":"{{state}}","amount":"340282366920938463463374607431768211455","decimals":6,"asset":"0x2","network":"eip155:84532","payer":"0x3","payee":"0x1","resource":"http://localhost/x","transaction":{{transaction}},"reason":null,"createdAt":"2026-01-02T03:04:05Z","updatedAt":"{{updatedAt}}"}""";

    private void Answers(params string[] replies)
    {
        fixture.Sidecar.Reset();
        foreach (var reply in replies)
            fixture.Sidecar.Then(FakeSidecar.Text(200, reply));
    }

    private Task<HttpResponseMessage> GetAsync(string path) =>
        _client.GetAsync(new Uri("/agent/alice/" + path, UriKind.Relative), TestContext.Current.CancellationToken);
}
