using System.Net.Http.Headers;
using System.Text;

namespace AgentMesh.Gateway.Tests.Policies;

/// <summary>Payments that an owner is asked about, over HTTP.</summary>
public sealed class ApprovalTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string Id = "abcdefghijklmnopqrstuvwxyz";

    private const string Approval =
        $$"""{"id":"{{Id}}","state":"pending","digest":"00ff","payee":"0x1","asset":"eip155:1/erc20:0x2","network":"eip155:1","amountAtomic":"340282366920938463463374607431768211455","host":"shop.example","reason":"Because.","createdAt":"2026-01-02T03:04:05+00:00","expiresAt":"2026-01-02T04:04:05+00:00"}""";

    private const string Shown =
        $$"""{"id":"{{Id}}","state":"pending","payee":"0x1","asset":"eip155:1/erc20:0x2","network":"eip155:1","amount":"340282366920938463463374607431768211455","host":"shop.example","url":null,"reason":"Because.","digest":"00ff","createdAt":"2026-01-02T03:04:05Z","expiresAt":"2026-01-02T04:04:05Z","decidedAt":null,"usedAt":null}""";

    private readonly HttpClient _client = fixture.Gateway.Client();

    [Theory]
    [InlineData("", "{}")]
    [InlineData("?state=pending", """{"state":"pending"}""")]
    [InlineData("?state=expired", """{"state":"expired"}""")]
    public async Task List_ReachesTheActor(string query, string body)
    {
        Answers("""{"value":{"approvals":[""" + Approval + "]}}");
        using var response = await GetAsync("approvals" + query);
        Assert.Equal("""{"approvals":[""" + Shown + "]}", await response.IsJsonAsync());
        var call = Assert.Single(fixture.Sidecar.Calls);
        Assert.Equal(body, call.Body);
        Assert.EndsWith("AgentActor/default:alice/method/ListApprovals", call.Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?state=")]
    [InlineData("?state=used")]
    [InlineData("?state=pending&state=denied")]
    public async Task List_RefusesWhatIsNoState(string query)
    {
        fixture.Sidecar.Reset();
        using var response = await GetAsync("approvals" + query);
        await response.IsProblemAsync(400, "invalid_request");
        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Fact]
    public async Task Get_ReachesTheActor()
    {
        Answers("""{"value":""" + Approval + "}");
        using var response = await GetAsync($"approvals/{Id}");
        Assert.Equal(Shown, await response.IsJsonAsync());
        Assert.Equal($$"""{"approvalId":"{{Id}}"}""", Assert.Single(fixture.Sidecar.Calls).Body);
    }

    [Theory]
    [InlineData("approve", "true")]
    [InlineData("deny", "false")]
    public async Task Decision_ReachesTheActor(string decision, string approve)
    {
        Answers("""{"value":""" + Approval + "}");
        using var response = await DecideAsync(Id, $$"""{"decision":"{{decision}}"}""");
        Assert.Equal(Shown, await response.IsJsonAsync());
        Assert.Equal($$"""{"approvalId":"{{Id}}","approve":{{approve}}}""", Assert.Single(fixture.Sidecar.Calls).Body);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"decision":"approved"}""")]
    [InlineData("""{"decision":true}""")]
    [InlineData("[]")]
    public async Task Decision_ThatIsNone_IsRefused(string body)
    {
        fixture.Sidecar.Reset();
        using var response = await DecideAsync(Id, body);
        await response.IsProblemAsync(400, "invalid_request");
        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Theory]
    [InlineData("approval_not_found", 404)]
    [InlineData("approval_decided", 409)]
    public async Task Decision_ThatIsRefused_IsAProblem(string code, int status)
    {
        Answers($$$"""{"refusal":{"code":"{{{code}}}","detail":"No."}}""");
        using var response = await DecideAsync(Id, """{"decision":"approve"}""");
        await response.IsProblemAsync(status, code);
    }

    [Fact]
    public async Task WhatCannotBeAnId_IsNobodys()
    {
        fixture.Sidecar.Reset();
        using var read = await GetAsync("approvals/A!");
        await read.IsProblemAsync(404, "approval_not_found");
        using var decided = await DecideAsync("A!", """{"decision":"approve"}""");
        await decided.IsProblemAsync(404, "approval_not_found");
        Assert.Empty(fixture.Sidecar.Calls);
    }

    private void Answers(string answer)
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Then(FakeSidecar.Text(200, answer));
    }

    private Task<HttpResponseMessage> GetAsync(string path) =>
        _client.GetAsync(new Uri("/agent/alice/" + path, UriKind.Relative), TestContext.Current.CancellationToken);

    private async Task<HttpResponseMessage> DecideAsync(string id, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        return await _client.PostAsync(new Uri($"/agent/alice/approvals/{id}", UriKind.Relative), content, TestContext.Current.CancellationToken);
    }
}
