using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace AgentMesh.Gateway.Tests.Policies;

/// <summary>An agent's spending policy over HTTP.</summary>
public sealed class PolicyTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string Usdc = "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e";
    private const string Own = """{"value":{"document":"{\"version\":1,\"rules\":[]}","isDefault":false,"updatedAt":"2026-01-02T03:04:05+00:00"}}""";
    private const string OwnShown = """{"isDefault":false,"updatedAt":"2026-01-02T03:04:05Z","policy":{"version":1,"rules":[]}}""";

    private const string Payment = $$"""{"payee":"0x1","asset":"{{Usdc}}","amount":"5","sessionId":"default","tool":"pay_url"}""";
    private const string Lease = """{"id":"l1","revision":2,"holder":"p1","asset":"a","spent":"1","least":"8","wanted":"8"}""";
    private const string AgentShort =
        """{"code":"budget_exceeded","detail":"d","shortage":{"scope":"tool:pay_url","asset":"a","window":"once","available":"4","resetsAt":"2026-01-03T03:04:05+00:00"}}""";
    private const string TenantShort = """{"code":"budget_exceeded","detail":"t","shortage":{"scope":"tenant","asset":"a","window":"once","available":"1"}}""";

    private readonly HttpClient _client = fixture.Gateway.Client();

    [Fact]
    public async Task Policy_IsReadAsTheDocument()
    {
        Answers(Own);
        using var response = await SendAsync(HttpMethod.Get, "policy");
        Assert.Equal(OwnShown, await response.IsJsonAsync());
        Answers("""{"value":{"document":"{\"version\":1,\"rules\":[],\"default\":\"ask\"}","isDefault":true}}""");
        using var other = await SendAsync(HttpMethod.Get, "policy");
        Assert.Equal("""{"isDefault":true,"updatedAt":null,"policy":{"version":1,"rules":[],"default":"ask"}}""", await other.IsJsonAsync());
    }

    [Theory]
    [InlineData("""{ "version": 1.0, "rules": [ ], "x": "é<\ud800" }""")]
    [InlineData("""{"version":1,"version":1}""")]
    [InlineData("{}")]
    [InlineData("[]")]
    public async Task Policy_IsSetAsItCame(string body)
    {
        Answers(Own);
        // Not held against the OpenAPI document, which has what an agent takes.
        using var client = fixture.Gateway.CreateClient();
        using var response = await SendAsync(HttpMethod.Put, "policy", body, client);
        Assert.Equal(OwnShown, await response.IsJsonAsync());
        var call = Assert.Single(fixture.Sidecar.Calls);
        Assert.EndsWith("AgentActor/default:alice/method/SetPolicy", call.Path, StringComparison.Ordinal);
        Assert.Equal(body, JsonElement.Parse(call.Body).GetProperty("document").GetString());
    }

    [Theory]
    [InlineData("", "invalid_json")]
    [InlineData("{", "invalid_json")]
    [InlineData("{} {}", "invalid_json")]
    public async Task Policy_ThatIsNoJson_IsNotSentOn(string body, string code)
    {
        fixture.Sidecar.Reset();
        using var response = await SendAsync(HttpMethod.Put, "policy", body);
        await response.IsProblemAsync(400, code);
        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Theory]
    [InlineData(16_384, 200)]
    [InlineData(16_385, 400)]
    public async Task Policy_HasALength(int bytes, int status)
    {
        Answers(Own);
        using var response = await SendAsync(HttpMethod.Put, "policy", "{\"x\":\"" + new string('x', bytes - 8) + "\"}");
        if (status == 400)
            await response.IsProblemAsync(status, "invalid_policy");
        Assert.Equal((status, status == 200), ((int)response.StatusCode, fixture.Sidecar.Calls.Count == 1));
    }

    [Fact]
    public async Task Policy_ThatIsNone_IsRefusedByPlace()
    {
        Answers("""{"refusal":{"code":"invalid_policy","detail":"The policy's /version is missing."},"errors":{"/version":["is missing."],"/rules/0/id":["is missing."]}}""");
        using var response = await SendAsync(HttpMethod.Put, "policy", "{}");
        await response.IsProblemAsync(400, "invalid_policy");
        var problem = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("""{"/version":["is missing."],"/rules/0/id":["is missing."]}""", problem.GetProperty("errors").GetRawText());
    }

    [Fact]
    public async Task Policy_IsTakenAway()
    {
        Answers("""{"value":{"document":"{}","isDefault":true}}""");
        using var response = await SendAsync(HttpMethod.Delete, "policy");
        Assert.Equal("""{"isDefault":true,"updatedAt":null,"policy":{}}""", await response.IsJsonAsync());
        Assert.Equal("{}", Assert.Single(fixture.Sidecar.Calls).Body);
    }

    [Theory]
    [InlineData($$"""{"payee":"0x1","asset":"{{Usdc}}","amount":"5"}""", $$"""{"direction":"out","payee":"0x1","asset":"{{Usdc}}","amountAtomic":"5"}""")]
    [InlineData(
        """{"direction":"in","payee":"0x1","host":"a.example","asset":"x","amount":"340282366920938463463374607431768211455"}""",
        """{"direction":"in","payee":"0x1","host":"a.example","asset":"x","amountAtomic":"340282366920938463463374607431768211455"}""")]
    public async Task Evaluate_ReachesTheActor(string body, string sent)
    {
        Answers("""{"value":{"effect":"ask","ruleId":"medium","reason":"rule","detail":"The policy's rule medium says ask."}}""");
        using var response = await SendAsync(HttpMethod.Post, "policy/evaluate", body);
        Assert.Equal("""{"effect":"ask","rule":"medium","reason":"rule","detail":"The policy's rule medium says ask.","budget":null}""", await response.IsJsonAsync());
        var call = Assert.Single(fixture.Sidecar.Calls);
        Assert.Equal(sent, call.Body);
        Assert.EndsWith("/method/EvaluatePolicy", call.Path, StringComparison.Ordinal);
    }

    /// <summary>In the order in which a payment is refused: the agent's freeze, what the tenant says, the agent's limits.</summary>
    [Theory]
    [InlineData("null", "null", """{"isGranted":true}""")]
    [InlineData(
        AgentShort, "null",
        """{"isGranted":false,"code":"budget_exceeded","detail":"d","scope":"tool:pay_url","asset":"a","window":"once","available":"4","resetsAt":"2026-01-03T03:04:05Z"}""")]
    [InlineData(AgentShort, TenantShort, """{"isGranted":false,"code":"budget_exceeded","detail":"t","scope":"tenant","asset":"a","window":"once","available":"1"}""")]
    [InlineData("null", """{"code":"tenant_frozen","detail":"f"}""", """{"isGranted":false,"code":"tenant_frozen","detail":"f"}""")]
    [InlineData("""{"code":"agent_frozen","detail":"f"}""", null, """{"isGranted":false,"code":"agent_frozen","detail":"f"}""")]
    public async Task Evaluate_SaysBesideItWhatTheBudgetWould(string agent, string? tenant, string budget)
    {
        Answers($$$"""{"value":{"effect":"allow","reason":"rule","detail":"d","hold":{"asset":"{{{Usdc}}}","stop":{{{agent}}},"missing":"5","lease":{{{Lease}}} } } }""");
        if (tenant is not null)
            fixture.Sidecar.Then(FakeSidecar.Text(200, $$$"""{"value":{"stop":{{{tenant}}}}}"""));
        using var response = await SendAsync(HttpMethod.Post, "policy/evaluate", Payment);
        Assert.Equal($$"""{"effect":"allow","rule":null,"reason":"rule","detail":"d","budget":{{budget}}}""", await response.IsJsonAsync());
        Assert.Equal("default", JsonElement.Parse(fixture.Sidecar.Calls[0].Body).GetProperty("sessionId").GetString());
        var asked = fixture.Sidecar.Calls.Skip(1).SingleOrDefault();
        Assert.Equal(tenant is null ? null : $$"""{"user":"alice","asset":"{{Usdc}}","missing":"5","lease":{{Lease}}}""", asked?.Body);
        Assert.True(asked?.Path.EndsWith("TenantActor/default/method/CheckSpending", StringComparison.Ordinal) ?? tenant is null);
    }

    /// <summary>A payment would wait for the tenant, and then be told the same. What the policy says does not hang on it.</summary>
    [Fact]
    public async Task Evaluate_WhoseTenantIsNotHeard_SaysSo()
    {
        Answers($$$"""{"value":{"effect":"allow","reason":"rule","detail":"d","hold":{"asset":"{{{Usdc}}}","missing":"5","lease":{{{Lease}}} } } }""");
        fixture.Sidecar.Then(FakeSidecar.Text(200, """{"refusal":{"code":"x","detail":"y"}}"""));
        using var response = await SendAsync(HttpMethod.Post, "policy/evaluate", Payment);
        var answer = JsonElement.Parse(await response.IsJsonAsync());
        Assert.Equal(("allow", "tenant_unknown"), (answer.GetProperty("effect").GetString(), answer.GetProperty("budget").GetProperty("code").GetString()));
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"asset":"x","amount":"5"}""")]
    [InlineData("""{"payee":"0x1","amount":"5"}""")]
    [InlineData("""{"payee":"0x1","asset":"x"}""")]
    [InlineData("""{"payee":"0x1","asset":"x","amount":5}""")]
    [InlineData("""{"payee":"0x1","asset":"x","amount":""}""")]
    [InlineData("""{"payee":"0x1","asset":"x","amount":"05"}""")]
    [InlineData("""{"payee":"0x1","asset":"x","amount":"1.5"}""")]
    [InlineData("""{"payee":"0x1","asset":"x","amount":"1000000000000000000000000000000000000000"}""")]
    [InlineData("""{"payee":"0x1","asset":"x","amount":"5","direction":"both"}""")]
    [InlineData("""{"payee":"0x1","asset":"x","amount":"5","sessionId":"mine"}""")]
    [InlineData("""{"payee":"0x1","asset":"x","amount":"5","tool":"a tool"}""")]
    public async Task Evaluate_RefusesWhatIsNone(string body)
    {
        fixture.Sidecar.Reset();
        using var response = await SendAsync(HttpMethod.Post, "policy/evaluate", body);
        await response.IsProblemAsync(400, "invalid_request");
        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Fact]
    public async Task Schema_IsThePublishedFile()
    {
        using var response = await _client.GetAsync(new Uri("/schemas/spending-policy/v1.json", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal("application/schema+json", response.Content.Headers.ContentType!.ToString());
        var schema = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("urn:agentmesh:schema:spending-policy:v1", schema.GetProperty("$id").GetString());
    }

    private void Answers(string answer)
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Then(FakeSidecar.Text(200, answer));
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body = null, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(method, new Uri("/agent/alice/" + path, UriKind.Relative));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        return await (client ?? _client).SendAsync(request, TestContext.Current.CancellationToken);
    }
}
