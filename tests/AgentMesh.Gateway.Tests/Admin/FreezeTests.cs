namespace AgentMesh.Gateway.Tests.Admin;

/// <summary>An operator stops an agent's or a tenant's spending, and sets what a tenant may spend.</summary>
public sealed class FreezeTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string Budget = """
        {"value":{"version":2,"frozen":{"reason":"audit","at":"2026-01-02T03:04:05Z"},"frozenAgents":["alice"],"limits":[{"asset":"USD","window":"rolling:24h","limit":"100","posted":"10","held":"5","available":"85","resetsAt":"2026-01-03T03:04:05Z"}],"leases":[{"holder":"p1","asset":"USD","held":"5","until":"2026-01-02T03:05:05Z"}]}}
        """;

    private const string Limit = """{"scope":"tenant","asset":"USD","window":"rolling:24h","limit":"100","posted":"10","held":"5","available":"85","resetsAt":"2026-01-03T03:04:05Z"}""";

    private const string Tenant = $$"""{"tenantId":"acme","isFrozen":true,"reason":"audit","frozenAt":"2026-01-02T03:04:05Z","frozenAgents":["alice"],"limits":[{{Limit}}],"leases":[{"holder":"p1","asset":"USD","held":"5","until":"2026-01-02T03:05:05Z"}]}""";

    private readonly HttpClient _client = fixture.Gateway.Client();

    /// <summary>A freeze that is cut off in between holds already, and so does an end of one.</summary>
    [Theory]
    [InlineData("freeze", """{"reason":"audit"}""", "TenantActor/acme/method/FreezeTenant", "AgentActor/acme:alice/method/FreezeAgent")]
    [InlineData("unfreeze", null, "AgentActor/acme:alice/method/UnfreezeAgent", "TenantActor/acme/method/UnfreezeTenant")]
    public async Task Agent_IsFrozenAtItsTenantFirst_AndUnfrozenThereLast(string verb, string? body, string first, string second)
    {
        Answer("""{"value":{"isFrozen":true,"reason":"audit","at":"2026-01-02T03:04:05Z"}}""");
        using var response = await PostAsync($"/admin/agents/alice/{verb}?tenant=acme", body);
        Assert.Equal("""{"userId":"alice","isFrozen":true,"reason":"audit","at":"2026-01-02T03:04:05Z"}""", await response.IsJsonAsync());
        Assert.Equal([first, second], fixture.Sidecar.Calls.Select(call => call.Path[(call.Path.IndexOf("/actors/", StringComparison.Ordinal) + 8)..]));
    }

    [Fact]
    public async Task Agent_SaysWhetherItIsFrozen()
    {
        Answer("""{"value":{"isFrozen":false}}""");
        using var response = await _client.GetAsync(new Uri("/admin/agents/alice/freeze", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal("""{"userId":"alice","isFrozen":false,"reason":null,"at":null}""", await response.IsJsonAsync());
        Assert.EndsWith("/actors/AgentActor/default:alice/method/GetFreeze", Assert.Single(fixture.Sidecar.Calls).Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("freeze", """{"reason":"audit"}""", "FreezeTenant", """{"reason":"audit"}""")]
    [InlineData("unfreeze", null, "UnfreezeTenant", "{}")]
    public async Task Tenant_IsFrozen_AndUnfrozen(string verb, string? body, string method, string asked)
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Agent = call => call.Path.EndsWith("GetTenantBudget", StringComparison.Ordinal) ? Budget : """{"value":{"version":2,"isListed":true}}""";
        using var response = await PostAsync($"/admin/tenants/acme/{verb}", body);
        Assert.Equal(Tenant, await response.IsJsonAsync());
        Assert.Equal(asked, Assert.Single(fixture.Sidecar.Calls, call => call.Path.EndsWith($"/actors/TenantActor/acme/method/{method}", StringComparison.Ordinal)).Body);
    }

    [Theory]
    [InlineData("/admin/tenants/acme", Tenant)]
    [InlineData("/admin/tenants/acme/budget", $$"""{"limits":[{{Limit}}]}""")]
    public async Task Tenant_IsRead(string path, string body)
    {
        Answer(Budget);
        using var response = await _client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(body, await response.IsJsonAsync());
    }

    [Fact]
    public async Task Limits_AreSet()
    {
        Answer(Budget);
        using var response = await PutAsync("""{"limits":[{"asset":"USD","window":"rolling:24h","limit":"100"}]}""");
        Assert.Equal($$"""{"limits":[{{Limit}}]}""", await response.IsJsonAsync());
        Assert.Equal("""{"limits":[{"asset":"USD","window":"rolling:24h","limit":"100"}]}""", Assert.Single(fixture.Sidecar.Calls).Body);
    }

    [Theory]
    [InlineData("{}", "invalid_budget")]
    [InlineData("""{"limits":[null]}""", "invalid_budget")]
    [InlineData("""{"limits":[{"asset":"USD","window":"once"}]}""", "invalid_budget")]
    [InlineData("""{"limits":[{"asset":"USD","window":"once","limit":""}]}""", "invalid_budget")]
    [InlineData("""{"limits":[{"asset":"USD","window":"once","limit":"-1"}]}""", "invalid_budget")]
    [InlineData("""{"limits":[{"asset":"USD","window":"once","limit":"1.0"}]}""", "invalid_budget")]
    [InlineData("""{"limits":[{"asset":"USD","window":"once","limit":100}]}""", "invalid_request")]
    [InlineData("""{"limits":[{"asset":"","window":"once","limit":"1"}]}""", "invalid_budget")]
    [InlineData("""{"limits":[{"asset":"USD","limit":"1"}]}""", "invalid_budget")]
    [InlineData("""{"limits":[{},{},{},{},{},{},{},{},{}]}""", "invalid_budget")]
    public async Task Limits_ThatAreNone_AreRefused(string body, string code)
    {
        fixture.Sidecar.Reset();
        using var response = await PutAsync(body);
        await response.IsProblemAsync(400, code);
        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Theory]
    [InlineData("/admin/agents/alice/freeze", """{"reason":""}""", "invalid_reason")]
    [InlineData("/admin/agents/alice/freeze", "{}", "invalid_reason")]
    [InlineData("/admin/tenants/acme/freeze", "{}", "invalid_reason")]
    [InlineData("/admin/agents/Alice/freeze", """{"reason":"x"}""", "invalid_user_id")]
    [InlineData("/admin/agents/alice/unfreeze?tenant=A", null, "invalid_request")]
    [InlineData("/admin/tenants/Acme/freeze", """{"reason":"x"}""", "invalid_request")]
    public async Task Requests_ThatAreNone_AreRefused(string path, string? body, string code)
    {
        fixture.Sidecar.Reset();
        using var response = await PostAsync(path, body);
        await response.IsProblemAsync(400, code);
        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Fact]
    public async Task Refusal_OfTheTenant_LeavesTheAgentAlone()
    {
        Answer("""{"refusal":{"code":"invalid_reason","detail":"none"}}""");
        using var response = await PostAsync("/admin/agents/alice/freeze", """{"reason":"x"}""");
        await response.IsProblemAsync(400, "invalid_reason");
        Assert.Single(fixture.Sidecar.Calls);
    }

    private void Answer(string answer)
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Agent = _ => answer;
    }

    private Task<HttpResponseMessage> PostAsync(string path, string? body) =>
        _client.PostAsync(new Uri(path, UriKind.Relative), body is null ? null : Json(body), TestContext.Current.CancellationToken);

    private Task<HttpResponseMessage> PutAsync(string body) =>
        _client.PutAsync(new Uri("/admin/tenants/acme/budget", UriKind.Relative), Json(body), TestContext.Current.CancellationToken);

    private static StringContent Json(string body) => new(body, System.Text.Encoding.UTF8, "application/json");
}
