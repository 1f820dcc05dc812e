namespace AgentMesh.Gateway.Tests.Admin;

/// <summary>An operator reads which agents are damaged, and takes them off that list when they are not any more.</summary>
public sealed class QuarantineTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string Damaged = """{"refusal":{"code":"agent_quarantined","detail":"page 3 is missing"}}""";

    private readonly HttpClient _client = fixture.Gateway.Client();

    [Fact]
    public async Task List_IsTheTenants()
    {
        Answer(_ => """{"value":{"agents":[{"user":"alice","reason":"page 3 is missing","since":"2026-01-02T03:04:05.678+00:00"}]}}""");
        using var response = await _client.GetAsync(new Uri("/admin/agents/quarantined?tenant=acme", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal("""{"agents":[{"userId":"alice","reason":"page 3 is missing","since":"2026-01-02T03:04:05.678Z"}]}""", await response.IsJsonAsync());
        Assert.Equal(["TenantActor/acme/ListQuarantined"], Calls());
    }

    /// <summary>Nothing of it is written anywhere.</summary>
    [Fact]
    public async Task AgentThatCanBeRead_IsReleased()
    {
        Answer(Whole);
        using var response = await ReleaseAsync("alice?tenant=acme");
        Assert.Equal("""{"userId":"alice","isQuarantined":false}""", await response.IsJsonAsync());
        Assert.Equal("AgentActor/acme:alice/GetInfo", Calls()[0]);
        Assert.Contains("AgentActor/acme:alice/GetPage", Calls());
        Assert.Contains("AgentActor/acme:alice/ReadEvents", Calls());
        Assert.Equal("TenantActor/acme/ReleaseQuarantine", Calls()[^1]);
        Assert.Equal("""{"user":"alice"}""", fixture.Sidecar.Calls[^1].Body);
    }

    [Theory]
    [InlineData("GetInfo")]
    [InlineData("GetPage")]
    [InlineData("ListMail")]
    [InlineData("ListPayments")]
    [InlineData("ReadEvents")]
    public async Task AgentThatIsStillDamaged_StaysOnTheList(string method)
    {
        Answer(call => call == method ? Damaged : Whole(call));
        using var response = await ReleaseAsync("alice");
        await response.IsProblemAsync(503, "agent_quarantined");
        Assert.EndsWith("/" + method, Calls()[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "quarantined?tenant=NO", "invalid_request")]
    [InlineData("POST", "Alice/release", "invalid_user_id")]
    [InlineData("POST", "alice/release?tenant=NO", "invalid_request")]
    public async Task QuestionThatIsNone_IsRefused_AndNobodyIsAsked(string method, string path, string code)
    {
        fixture.Sidecar.Reset();
        using var request = new HttpRequestMessage(new HttpMethod(method), "/admin/agents/" + path);
        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        await response.IsProblemAsync(400, code);
        Assert.Empty(fixture.Sidecar.Calls);
    }

    private static string? Whole(string method) => method switch
    {
        "GetInfo" => """{"value":{"messageCount":1,"lastSeq":1,"walletAddress":"0x1"}}""",
        "GetProfile" => """{"value":{}}""",
        "ListSessions" => """{"value":{"sessions":[{"id":"default","createdAt":"2026-01-02T03:04:05+00:00","lastActive":"2026-01-02T03:04:06+00:00","metadata":"{}"}]}}""",
        "GetSummary" => """{"refusal":{"code":"summary_not_found","detail":"None."}}""",
        "GetPage" => """{"value":{"messages":[{"seq":1,"role":"user","content":"a","timestamp":1}],"isLast":true}}""",
        "ListSchedules" => """{"value":{"schedules":[]}}""",
        "ListMail" => """{"value":{"messages":[]}}""",
        "GetMailPolicy" => """{"value":{"receive":"store","allow":[],"deny":[]}}""",
        "ListTopics" => """{"value":{"topics":[]}}""",
        "GetPolicy" => """{"value":{"document":"{}","isDefault":true}}""",
        "ListApprovals" => """{"value":{"approvals":[]}}""",
        "ListPayments" => """{"value":{"payments":[]}}""",
        "ReadEvents" => """{"value":{"events":[{"seq":1,"at":3,"session":"default","type":"message","data":{"turn":"1","role":"user","content":"a"}}],"first":1,"last":1}}""",
        "ReleaseQuarantine" => """{"value":{"isListed":false}}""",
        _ => null,
    };

    private void Answer(Func<string, string?> answer)
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Agent = call => answer(call.Path[(call.Path.LastIndexOf('/') + 1)..]);
    }

    private List<string> Calls() =>
        [.. fixture.Sidecar.Calls.Select(call => call.Path[(call.Path.IndexOf("/actors/", StringComparison.Ordinal) + 8)..].Replace("/method", "", StringComparison.Ordinal))];

    private Task<HttpResponseMessage> ReleaseAsync(string agent)
    {
        var (user, query) = agent.Split('?') is [var name, var parameters] ? (name, "?" + parameters) : (agent, "");
        return _client.PostAsync(new Uri($"/admin/agents/{user}/release{query}", UriKind.Relative), null, TestContext.Current.CancellationToken);
    }
}
