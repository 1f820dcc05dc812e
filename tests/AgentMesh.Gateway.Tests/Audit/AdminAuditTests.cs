using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using AgentMesh.Gateway.Audit;
using AgentMesh.Gateway.Identity;
using AgentMesh.Gateway.Tests.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Gateway.Tests.Audit;

/// <summary>Whatever admins change is noted before it is done, and what came of it before anybody is told.</summary>
public sealed class AdminAuditTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string FreezePath = "/admin/agents/alice/freeze";
    private const string FreezeBody = """{"reason":"Too_fast"}""";
    private const string Frozen = """{"value":{"isFrozen":true,"reason":"Too_fast","at":"2026-01-02T03:04:05Z"}}""";

    private readonly HttpClient _client = fixture.Gateway.Client();

    private IEnumerable<RouteEndpoint> AdminRoutes => fixture.Gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints
        .OfType<RouteEndpoint>().Where(endpoint => endpoint.Metadata.GetMetadata<AdminOnly>() is not null);

    private IEnumerable<(string Method, RouteEndpoint Route)> Writes => AdminRoutes.SelectMany(
        route => route.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Where(method => method is not ("GET" or "HEAD")).Select(method => (method, route)));

    [Fact]
    public void EveryAction_HasAName_OfItsOwn()
    {
        var names = Writes.Select(write => write.Route.Metadata.GetMetadata<Audited>()?.Action ?? $"no name: {write.Method} {write.Route.RoutePattern.RawText}").ToList();
        Assert.Equal(
            ["agent.budget.set", "agent.freeze", "agent.release", "agent.restore", "agent.unfreeze", "api_key.create", "api_key.revoke", "tenant.budget.set", "tenant.freeze", "tenant.unfreeze", "wallets.rotate"],
            names.Order(StringComparer.Ordinal));
        var document = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../docs/audit.md"));
        Assert.All(names, name => Assert.Contains($"`{name}`", document, StringComparison.Ordinal));
    }

    /// <summary>Every route, also one that is new: intent, then whatever it does, then outcome.</summary>
    [Fact]
    public async Task EveryWriteOfAnAdmin_IsNotedBeforeAndAfter()
    {
        foreach (var (method, route) in Writes)
        {
            fixture.Sidecar.Reset();
            // What reads all of an agent ends with the first answer.
            fixture.Sidecar.Agent = call => call.Path.EndsWith("/GetInfo", StringComparison.Ordinal) ? """{"refusal":{"code":"agent_quarantined","detail":"No."}}""" : """{"value":{}}""";
            using var response = await SendAsync(method, Regex.Replace("/" + route.RoutePattern.RawText!.TrimStart('/'), "{[^}]*}", "a1"), "{}");
            var calls = fixture.Sidecar.AllCalls.Select(MethodOf).ToList();
            Assert.True(calls is ["BeginAction", .., "EndAction"], $"{method} {route.RoutePattern.RawText}: {string.Join(' ', calls)}");
            Assert.Equal(calls.Count - 2, fixture.Sidecar.Calls.Count);
            Assert.Equal(route.Metadata.GetMetadata<Audited>()?.Action, Begun().GetProperty("action").GetString());
        }
    }

    [Fact]
    public async Task Reads_AreNotNoted()
    {
        foreach (var route in AdminRoutes.Where(route => route.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Contains("GET")))
        {
            fixture.Sidecar.Reset();
            using var response = await SendAsync("GET", Regex.Replace(route.RoutePattern.RawText!, "{[^}]*}", "a1"), null);
            Assert.DoesNotContain(fixture.Sidecar.AllCalls, call => MethodOf(call) is "BeginAction" or "EndAction");
        }
    }

    [Theory]
    [InlineData("POST", FreezePath, FreezeBody, "default", "userId=alice", "200")]
    [InlineData("POST", FreezePath + "?tenant=acme", FreezeBody, "acme", "userId=alice", "200")]
    [InlineData("POST", FreezePath, """{"reason":""}""", "default", "userId=alice", "invalid_reason")]
    [InlineData("POST", FreezePath, "[", "default", "userId=alice", "invalid_request")]
    [InlineData("POST", "/admin/agents/A%20%C3%A4%0A/freeze", FreezeBody, "default", "userId=A%20%C3%A4%0A", "invalid_user_id")]
    [InlineData("POST", FreezePath + "?tenant=ACME", FreezeBody, "default", "userId=alice", "invalid_request")]
    [InlineData("POST", "/admin/tenants/acme/freeze", """{"reason":""}""", "acme", "tenant=acme", "invalid_reason")]
    [InlineData("POST", "/admin/tenants/ACME/freeze", FreezeBody, "default", "tenant=ACME", "invalid_request")]
    [InlineData("PUT", "/agent/alice/budget", "{}", "default", "userId=alice", "invalid_budget")]
    [InlineData("PUT", "/t/acme/agent/alice/budget", "{}", "acme", "userId=alice", "invalid_budget")]
    [InlineData("DELETE", "/admin/keys/nokey?tenant=acme", null, "acme", "id=nokey", "api_key_not_found")]
    [InlineData("POST", "/admin/wallets/rotate?cursor=a&cursor=b", null, "default", "tenant=default", "invalid_cursor")]
    public async Task Record_SaysWhoDidWhatToWhom_AndWhatCameOfIt(string method, string path, string? body, string tenant, string target, string outcome)
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Agent = _ => Frozen;
        using var response = await SendAsync(method, path, body);
        var begun = Begun();
        Assert.Equal(("local", target), (begun.GetProperty("caller").GetString(), begun.GetProperty("target").GetString()));
        Assert.Equal(response.Headers.GetValues("X-Request-Id").Single(), begun.GetProperty("requestId").GetString());
        Assert.All(fixture.Sidecar.AllCalls.Where(call => MethodOf(call) is "BeginAction" or "EndAction"), call =>
        {
            Assert.Contains($"/AuditActor/{tenant}/", call.Path, StringComparison.Ordinal);
            Assert.DoesNotContain("Too_fast", call.Body, StringComparison.Ordinal);
        });
        Assert.Equal((7, outcome), (Ended().GetProperty("intent").GetInt32(), Ended().GetProperty("outcome").GetString()));
    }

    [Fact]
    public async Task LongTarget_IsCutOff()
    {
        fixture.Sidecar.Reset();
        using var response = await SendAsync("DELETE", "/admin/keys/" + new string('x', 500), null);
        Assert.Equal("id=" + new string('x', 150), Begun().GetProperty("target").GetString());
    }

    [Fact]
    public async Task WithoutAnIntent_NothingIsDone()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        var clock = new FakeTimeProvider();
        await using var gateway = new GatewayServer(sidecar, clock);
        sidecar.Auditor = UnreachedUntilTheTimeIsOver(sidecar, clock, "BeginAction");
        using var client = gateway.Client();
        using var request = Request("POST", FreezePath, FreezeBody);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        await response.IsProblemAsync(503, "audit_unavailable");
        Assert.Empty(sidecar.Calls);
        Assert.DoesNotContain(sidecar.AllCalls, call => MethodOf(call) == "EndAction");
        Assert.Single(sidecar.AllCalls.Select(call => call.Body).Distinct());
    }

    [Fact]
    public async Task TooManyActionsUnderWay_AreRefused()
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Auditor = (context, _) => FakeSidecar.Text(200, """{"refusal":{"code":"too_many_admin_actions","detail":"Many."}}""")(context);
        using var response = await SendAsync("POST", FreezePath, FreezeBody);
        await response.IsProblemAsync(429, "too_many_admin_actions");
        Assert.Empty(fixture.Sidecar.Calls);
    }

    /// <summary>The answer stays here, with the key that is in it.</summary>
    [Fact]
    public async Task WithoutAnOutcome_NobodyIsTold()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        var clock = new FakeTimeProvider();
        await using var gateway = new GatewayServer(sidecar, clock);
        sidecar.Agent = _ => """{"value":{"id":"aebagbafaydqq","scopes":["user"],"name":"k","createdAt":"2026-01-02T03:04:05Z"}}""";
        sidecar.Auditor = UnreachedUntilTheTimeIsOver(sidecar, clock, "EndAction");
        using var client = gateway.Client();
        using var request = Request("POST", "/admin/keys", """{"name":"k","scopes":["user"]}""");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        await response.IsProblemAsync(503, "audit_unavailable");
        Assert.DoesNotContain("amk_", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Single(sidecar.Calls);
    }

    [Fact]
    public async Task CallerWhoHangsUp_LeavesAnOutcome_ThatSaysItIsNotKnown()
    {
        fixture.Sidecar.Reset();
        var ended = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Sidecar.Auditor = (context, call) =>
        {
            if (MethodOf(call) == "EndAction")
                ended.TrySetResult(call.Body);
            return FakeSidecar.Text(200, FakeSidecar.NotedReply)(context);
        };
        using var hangUp = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        fixture.Sidecar.Then(context =>
        {
            hangUp.Cancel();
            return FakeSidecar.Hang(context);
        });
        using var request = Request("POST", FreezePath, FreezeBody);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _client.SendAsync(request, hangUp.Token));
        var body = await ended.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal("unknown", JsonElement.Parse(body).GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Token_NamesItsUser_AndWhoIsRefusedAtTheDoorLeavesNothing()
    {
        using var issuer = new TokenIssuer();
        await using var sidecar = await FakeSidecar.StartAsync();
        await using var gateway = new GatewayServer(sidecar, null, [.. issuer.Settings, new("APP_API_TOKEN", "app-token")]);
        using var client = gateway.Client();
        foreach (var (token, caller) in new[] { (issuer.Token("ops", "acme", "agentmesh.admin"), "user:acme/ops"), (issuer.Token(), null), (issuer.Token("ops", "other", "agentmesh.admin"), null) })
        {
            sidecar.Reset();
            using var request = Request("POST", FreezePath + "?tenant=acme", """{"reason":""}""");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(caller, sidecar.AllCalls.Count == 0 ? null : JsonElement.Parse(sidecar.AllCalls[0].Body).GetProperty("caller").GetString());
        }
    }

    [Fact]
    public async Task Chain_IsReadInParts_WithItsHashes()
    {
        fixture.Sidecar.Reset();
        var (one, two) = (new string('1', 64), new string('2', 64));
        fixture.Sidecar.Auditor = (context, _) => FakeSidecar.Text(200, $$$"""
            {"value":{"records":[{"number":4,"at":"2026-01-02T03:04:05.6+00:00","caller":"local","action":"agent.freeze","target":"userId=alice","requestId":"r1","intent":3,"outcome":"200","previous":"{{{one}}}","hash":"{{{two}}}"}],"headNumber":9,"headHash":"{{{one}}}"}}
            """)(context);
        using var response = await SendAsync("GET", "/admin/audit?tenant=acme&after=3&limit=1", null);
        Assert.Equal(
            $$"""{"tenantId":"acme","records":[{"number":4,"at":"2026-01-02T03:04:05.600Z","caller":"local","action":"agent.freeze","target":"userId=alice","requestId":"r1","intent":3,"outcome":"200","previous":"{{one}}","hash":"{{two}}"}],"head":{"number":9,"hash":"{{one}}"},"next":4}""",
            await response.IsJsonAsync());
        var call = Assert.Single(fixture.Sidecar.AllCalls);
        Assert.EndsWith("/AuditActor/acme/method/ReadAudit", call.Path, StringComparison.Ordinal);
        Assert.Equal("""{"after":3,"limit":1}""", call.Body);
    }

    [Theory]
    [InlineData("limit=0", "invalid_limit")]
    [InlineData("limit=101", "invalid_limit")]
    [InlineData("after=-1", "invalid_after")]
    [InlineData("after=a", "invalid_after")]
    [InlineData("after=1&after=2", "invalid_after")]
    [InlineData("tenant=A", "invalid_request")]
    public async Task PartThatIsNone_IsRefused(string query, string code)
    {
        fixture.Sidecar.Reset();
        using var response = await SendAsync("GET", "/admin/audit?" + query, null);
        await response.IsProblemAsync(400, code);
        Assert.Empty(fixture.Sidecar.AllCalls);
    }

    /// <summary>
    /// The audit chain has no host for one of its methods, which is asked again and again for the 30 seconds that a call may take; they are over when it has
    /// been asked twice.
    /// </summary>
    private static Func<HttpContext, SidecarCall, Task> UnreachedUntilTheTimeIsOver(FakeSidecar sidecar, FakeTimeProvider clock, string method) => (context, call) =>
    {
        if (MethodOf(call) != method)
            return FakeSidecar.Text(200, FakeSidecar.NotedReply)(context);
        if (sidecar.AllCalls.Count(one => MethodOf(one) == method) == 2)
            clock.Advance(TimeSpan.FromSeconds(30));
        return FakeSidecar.Error(500, "ERR_ACTOR_INVOKE_METHOD", "x")(context);
    };

    private Task<HttpResponseMessage> SendAsync(string method, string path, string? body) => _client.SendAsync(Request(method, path, body), TestContext.Current.CancellationToken);

    private static HttpRequestMessage Request(string method, string path, string? body) => new(new HttpMethod(method), path)
    {
        Content = body is null ? null : new StringContent(body, MediaTypeHeaderValue.Parse("application/json")),
    };

    private JsonElement Begun() => JsonElement.Parse(Assert.Single(fixture.Sidecar.AllCalls, call => MethodOf(call) == "BeginAction").Body);

    private JsonElement Ended() => JsonElement.Parse(Assert.Single(fixture.Sidecar.AllCalls, call => MethodOf(call) == "EndAction").Body);

    private static string MethodOf(SidecarCall call) => call.Path[(call.Path.LastIndexOf('/') + 1)..];

    private static string ThisFile([System.Runtime.CompilerServices.CallerFilePath] string path = "") => path;
}
