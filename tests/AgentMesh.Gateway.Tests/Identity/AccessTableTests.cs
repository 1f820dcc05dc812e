using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AgentMesh.Gateway.Identity.Tickets;
using AgentMesh.Primitives;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AgentMesh.Gateway.Tests.Identity;

/// <summary>Every route and verb with every kind of caller: who is answered, and what the others are told. A route without a row here fails the test.</summary>
public sealed class AccessTableTests : IAsyncLifetime
{
    /// <summary>Whose a route is.</summary>
    private enum For
    {
        /// <summary>The owner of the agent.</summary>
        Owner,

        /// <summary>The owner of the agent, by a ticket too.</summary>
        Watcher,

        /// <summary>Admins.</summary>
        Admin,

        /// <summary>Everybody.</summary>
        Public,

        /// <summary>The gateway's sidecar, by its own token.</summary>
        Dapr,
    }

    private static readonly (string Route, For For)[] Table =
    [
        ("DELETE /agent/{userId}", For.Owner),
        ("DELETE /agent/{userId}/inbox/{n}", For.Owner),
        ("DELETE /agent/{userId}/mcp", For.Public),
        ("DELETE /agent/{userId}/outbox/{messageId}", For.Owner),
        ("DELETE /agent/{userId}/policy", For.Owner),
        ("DELETE /agent/{userId}/schedules/{scheduleId}", For.Owner),
        ("DELETE /agent/{userId}/sessions/{sessionId}", For.Owner),
        ("DELETE /agent/{userId}/topics/{topic}", For.Owner),
        ("GET /.well-known/oauth-protected-resource/{**resource}", For.Public),
        ("DELETE /admin/keys/{id}", For.Admin),
        ("GET /", For.Public),
        ("GET /admin/agents", For.Admin),
        ("GET /admin/agents/quarantined", For.Admin),
        ("GET /admin/agents/{userId}/freeze", For.Admin),
        ("GET /admin/audit", For.Admin),
        ("GET /admin/keys", For.Admin),
        ("GET /admin/tenants/{tenant}", For.Admin),
        ("GET /admin/tenants/{tenant}/budget", For.Admin),
        ("GET /agent", For.Public),
        ("GET /agent/{userId}", For.Watcher),
        ("GET /agent/{userId}/approvals", For.Owner),
        ("GET /agent/{userId}/approvals/{approvalId}", For.Owner),
        ("GET /agent/{userId}/budget", For.Owner),
        ("GET /agent/{userId}/events", For.Watcher),
        ("GET /agent/{userId}/export", For.Owner),
        ("GET /agent/{userId}/history", For.Owner),
        ("GET /agent/{userId}/history/search", For.Owner),
        ("GET /agent/{userId}/inbox", For.Owner),
        ("GET /agent/{userId}/inbox/{n}", For.Owner),
        ("GET /agent/{userId}/info", For.Owner),
        ("GET /agent/{userId}/mail-policy", For.Owner),
        ("GET /agent/{userId}/mcp", For.Public),
        ("GET /agent/{userId}/outbox", For.Owner),
        ("GET /agent/{userId}/outbox/{messageId}", For.Owner),
        ("GET /agent/{userId}/payments", For.Owner),
        ("GET /agent/{userId}/payments/{paymentId}", For.Owner),
        ("GET /agent/{userId}/policy", For.Owner),
        ("GET /agent/{userId}/profile", For.Owner),
        ("GET /agent/{userId}/schedules", For.Owner),
        ("GET /agent/{userId}/sessions", For.Owner),
        ("GET /agent/{userId}/sessions/{sessionId}", For.Owner),
        ("GET /agent/{userId}/sessions/{sessionId}/summary", For.Owner),
        ("GET /agent/{userId}/topics", For.Owner),
        ("GET /agent/{userId}/turns/{turnId}", For.Owner),
        ("GET /console/{file}", For.Public),
        ("GET /dapr/subscribe", For.Dapr),
        ("GET /healthz", For.Public),
        ("GET /livez", For.Public),
        ("GET /metrics", For.Public),
        ("GET /openapi/v1.json", For.Public),
        ("GET /readyz", For.Public),
        ("GET /schemas/spending-policy/v1.json", For.Public),
        ("HEAD /", For.Public),
        ("HEAD /console/{file}", For.Public),
        ("HEAD /healthz", For.Public),
        ("HEAD /livez", For.Public),
        ("HEAD /readyz", For.Public),
        ("PATCH /agent/{userId}/sessions/{sessionId}", For.Owner),
        ("POST /admin/agents/{userId}/freeze", For.Admin),
        ("POST /admin/agents/{userId}/release", For.Admin),
        ("POST /admin/agents/{userId}/restore", For.Admin),
        ("POST /admin/agents/{userId}/unfreeze", For.Admin),
        ("POST /admin/keys", For.Admin),
        ("POST /admin/tenants/{tenant}/freeze", For.Admin),
        ("POST /admin/tenants/{tenant}/unfreeze", For.Admin),
        ("POST /admin/wallets/rotate", For.Admin),
        ("POST /agent/{userId}/approvals/{approvalId}", For.Owner),
        ("POST /agent/{userId}/inbox/{n}/read", For.Owner),
        ("POST /agent/{userId}/mcp/", For.Public),
        ("POST /agent/{userId}/message", For.Owner),
        ("POST /agent/{userId}/outbox/{messageId}/replay", For.Owner),
        ("POST /agent/{userId}/pay", For.Owner),
        ("POST /agent/{userId}/policy/evaluate", For.Owner),
        ("POST /agent/{userId}/premium/{name}", For.Public),
        ("POST /agent/{userId}/schedules", For.Owner),
        ("POST /agent/{userId}/send", For.Owner),
        ("POST /agent/{userId}/sessions", For.Owner),
        ("POST /agent/{userId}/ticket", For.Owner),
        ("POST /agent/{userId}/topics/{topic}", For.Owner),
        ("POST /agent/{userId}/topics/{topic}/messages", For.Owner),
        ("POST /agent/{userId}/turns/{turnId}/cancel", For.Owner),
        ("POST /agent/{userId}/turns/{turnId}/resume", For.Owner),
        ("POST /dapr/announcements", For.Dapr),
        ("PUT /admin/tenants/{tenant}/budget", For.Admin),
        ("PUT /agent/{userId}/budget", For.Admin),
        ("PUT /agent/{userId}/mail-policy", For.Owner),
        ("PUT /agent/{userId}/policy", For.Owner),
        ("PUT /agent/{userId}/profile", For.Owner),
    ];

    private readonly TokenIssuer _issuer = new();
    private FakeSidecar _sidecar = null!;
    private GatewayServer _gateway = null!;

    /// <summary>What a caller without the right is told, by whose the route is; null: they are answered.</summary>
    public static TheoryData<string, string?, string?, string?> Callers => new()
    {
        // caller, at an owner's route, at an admin's, at a public one
        { "nobody", "401 unauthenticated", "401 unauthenticated", null },
        { "nonsense", "401 invalid_token", "401 invalid_token", "401 invalid_token" },
        { "another issuer's key", "401 invalid_token", "401 invalid_token", "401 invalid_token" },
        { "a key that is not known", "401 invalid_token", "401 invalid_token", "401 invalid_token" },
        { "another issuer's name", "401 invalid_token", "401 invalid_token", "401 invalid_token" },
        { "expired", "401 invalid_token", "401 invalid_token", "401 invalid_token" },
        { "not valid yet", "401 invalid_token", "401 invalid_token", "401 invalid_token" },
        { "other audience", "401 invalid_token", "401 invalid_token", "401 invalid_token" },
        { "alg none", "401 invalid_token", "401 invalid_token", "401 invalid_token" },
        { "signed with the public key", "401 invalid_token", "401 invalid_token", "401 invalid_token" },
        { "changed by one letter", "401 invalid_token", "401 invalid_token", "401 invalid_token" },
        { "no tenant", "401 invalid_token", "401 invalid_token", "401 invalid_token" },
        { "two tenants", "401 invalid_token", "401 invalid_token", "401 invalid_token" },
        { "a tenant outside of the grammar", "401 invalid_token", "401 invalid_token", "401 invalid_token" },
        { "other user", "404 not_found", "403 insufficient_scope", null },
        { "other tenant", "404 not_found", "403 insufficient_scope", null },
        { "another tenant's path", "404 not_found", "403 insufficient_scope", null },
        { "no scope", "403 insufficient_scope", "403 insufficient_scope", null },
        { "scope of another service", "403 insufficient_scope", "403 insufficient_scope", null },
        { "owner", null, "403 insufficient_scope", null },
        { "owner by the tenant's path", null, "403 insufficient_scope", null },
        { "admin", "404 not_found", null, null },
        { "admin of another tenant", "404 not_found", "404 not_found", null },
        { "operator", "404 not_found", null, null },
        { "operator of another tenant", "404 not_found", null, null },
        { "owner and admin", null, null, null },
        { "token in the query", "401 unauthenticated", "401 unauthenticated", null },
        // Where tickets are taken: the first is answered, the others are told the same.
        { "ticket", "401 invalid_token", "401 invalid_token", "401 invalid_token" },
        { "ticket of another user", "401 invalid_token", "401 invalid_token", "401 invalid_token" },
        { "ticket beside a token", "401 invalid_token", "401 invalid_token", "401 invalid_token" },
        { "nonsense as a ticket", "401 invalid_token", "401 invalid_token", "401 invalid_token" },
    };

    public async ValueTask InitializeAsync()
    {
        _sidecar = await FakeSidecar.StartAsync();
        _sidecar.Agent = new FakeTickets().Answer;
        _gateway = new GatewayServer(_sidecar, null, [.. _issuer.Settings, new("APP_API_TOKEN", "app-token")]);
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _sidecar.DisposeAsync();
        _issuer.Dispose();
    }

    [Fact]
    public void EveryRoute_HasItsRow() => Assert.Equal(
        Table.Select(row => row.Route).Order(StringComparer.Ordinal),
        _gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["*"]).Select(method => $"{method} /{endpoint.RoutePattern.RawText!.TrimStart('/')}"))
            .Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Callers))]
    public async Task Caller_IsAnswered_OrToldWhyNot(string caller, string? atOwners, string? atAdmins, string? atPublic)
    {
        using var client = _gateway.Client();
        foreach (var (route, whose) in Table)
        {
            var expected = whose switch
            {
                For.Watcher when caller == "ticket" => null,
                For.Owner or For.Watcher => atOwners,
                For.Admin => atAdmins,
                For.Public => atPublic,
                _ => atPublic ?? "401 invalid_dapr_token",
            };
            _sidecar.Reset();
            using var request = Request(caller, route);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(TimeSpan.FromSeconds(5));
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            var code = await CodeAsync(response);
            var told = $"{(int)response.StatusCode} {code}";
            if (expected is null)
            {
                // Whatever the agent or the arguments make of it, it is not the caller who was refused.
                Assert.False(response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, $"{route}: {told}");
                Assert.True(code != "not_found" || whose == For.Public, $"{route}: {told}");
                continue;
            }

            Assert.True(request.Method == HttpMethod.Head ? told.StartsWith(expected[..3], StringComparison.Ordinal) : told == expected, $"{route}: {told} instead of {expected}");
            // Nothing was asked of anybody, and nothing told but that.
            Assert.Empty(_sidecar.Calls);
            var challenge = response.Headers.WwwAuthenticate.ToString();
            Assert.Equal(
                expected[4..] switch { "unauthenticated" => "Bearer", "invalid_token" => "Bearer error=\"invalid_token\"", "insufficient_scope" => $"Bearer error=\"insufficient_scope\", scope=\"{(whose == For.Admin ? "agentmesh.admin" : "agentmesh")}\"", _ => "" },
                challenge);
        }
    }

    [Fact]
    public async Task AnothersAgent_IsToldAsAPathThatIsNot()
    {
        using var client = _gateway.Client();
        var answers = new List<string>();
        foreach (var path in new[] { "/agent/bob/info", "/agent/alice/nothing" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _issuer.Token());
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            var problem = await response.IsProblemAsync(404, "not_found");
            answers.Add(string.Join(' ', problem.EnumerateObject().Where(member => member.Name != "traceId")));
        }

        Assert.Equal(answers[0], answers[1]);
    }

    [Theory]
    [InlineData("/agent/alice/info", "default", "default:alice")]
    [InlineData("/agent/alice/info", "acme", "acme:alice")]
    [InlineData("/t/acme/agent/alice/info", "acme", "acme:alice")]
    public async Task Agent_IsOfTheTokensTenant(string path, string tenant, string actor)
    {
        using var client = _gateway.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _issuer.Token(tenant: tenant));
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains($"/{actor}/", Assert.Single(_sidecar.Calls).Path, StringComparison.Ordinal);
    }

    /// <summary>What is no tenant is no such path, and nobody's token is passed on to the agents.</summary>
    [Theory]
    [InlineData("/t/ACME/agent/alice/info")]
    [InlineData("/t//agent/alice/info")]
    [InlineData("/t/acme:x/agent/alice/info")]
    [InlineData("/t/acme/admin/tenants/acme")]
    [InlineData("/t/acme/t/default/agent/alice/info")]
    [InlineData("/t/default%2Fagent/alice/info")]
    [InlineData("/T/acme/agent/alice/info")]
    public async Task PathOfNoTenant_IsNothing(string path)
    {
        using var client = _gateway.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _issuer.Token(scope: "agentmesh agentmesh.admin"));
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        await response.IsProblemAsync(404, "not_found");
        Assert.Empty(_sidecar.Calls);
    }

    [Fact]
    public async Task Token_IsNotPassedOn()
    {
        using var client = _gateway.Client();
        var token = _issuer.Token();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/agent/alice/info");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var call = Assert.Single(_sidecar.Calls);
        Assert.DoesNotContain(call.Headers, header => header.Value.Contains(token, StringComparison.Ordinal) || header.Key.Equals("Authorization", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(token, call.Body, StringComparison.Ordinal);
    }

    private HttpRequestMessage Request(string caller, string route)
    {
        var (method, path) = (route.Split(' ')[0], route.Split(' ')[1]);
        path = path.Replace("{userId}", "alice", StringComparison.Ordinal).Replace("{tenant}", "default", StringComparison.Ordinal).Replace("{n}", "1", StringComparison.Ordinal)
            .Replace("{**resource}", "agent/alice/mcp", StringComparison.Ordinal);
        path = System.Text.RegularExpressions.Regex.Replace(path, "{[^}]*}", "t1");
        var isOfAnother = caller is "admin of another tenant" or "operator of another tenant";
        if (isOfAnother && !path.Contains("/tenants/", StringComparison.Ordinal) && path.StartsWith("/admin/", StringComparison.Ordinal))
            path += "?tenant=default";
        var prefix = path.StartsWith("/agent/", StringComparison.Ordinal) ? caller switch { "another tenant's path" => "/t/acme", "other tenant" or "admin of another tenant" or "operator of another tenant" or "owner by the tenant's path" => "/t/default", _ => "" } : "";
        var query = caller switch
        {
            "token in the query" => $"?access_token={_issuer.Token()}&token={_issuer.Token()}",
            "ticket" or "ticket beside a token" => $"?ticket={TicketOf("alice")}",
            "ticket of another user" => $"?ticket={TicketOf("bob")}",
            "nonsense as a ticket" => "?ticket=nonsense",
            _ => "",
        };
        var request = new HttpRequestMessage(new HttpMethod(method), $"{prefix}{path}{query}");
        if (method is "POST" or "PUT" or "PATCH")
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        if (TokenOf(caller) is { } token)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }

    private string TicketOf(string user) => _gateway.Services.GetRequiredService<TicketSeal>().Make(new AgentKey(TenantId.Default, UserId.Parse(user)), null).Text;

    private string? TokenOf(string caller)
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return caller switch
        {
            "nobody" or "token in the query" or "ticket" or "ticket of another user" or "nonsense as a ticket" => null,
            "nonsense" => "nonsense",
            "another issuer's key" => _issuer.Token(key: other),
            "a key that is not known" => _issuer.Token(key: other, keyId: "k2"),
            "another issuer's name" => _issuer.Token(issuer: "https://issuer.example.com/"),
            "expired" => _issuer.Token(expires: TimeSpan.FromSeconds(-31)),
            "not valid yet" => _issuer.Token(notBefore: TimeSpan.FromSeconds(40)),
            "other audience" => _issuer.Token(audience: "another-service"),
            "alg none" => TokenIssuer.Unsigned(),
            "signed with the public key" => _issuer.SignedWithPublicKey(),
            "changed by one letter" => Changed(_issuer.Token()),
            "no tenant" => _issuer.Token(tenant: null),
            "two tenants" => _issuer.Token(tenant: null, more: new Dictionary<string, object> { ["tenant"] = new[] { "default", "acme" } }),
            "a tenant outside of the grammar" => _issuer.Token(tenant: "default:x"),
            "other user" => _issuer.Token("bob"),
            "other tenant" => _issuer.Token(tenant: "acme"),
            "no scope" => _issuer.Token(scope: null),
            "scope of another service" => _issuer.Token(scope: "agentmeshes read"),
            "admin" => _issuer.Token("ops", scope: "agentmesh.admin"),
            "admin of another tenant" => _issuer.Token("ops", "acme", "agentmesh agentmesh.admin"),
            "operator" => _issuer.Token("ops", scope: "agentmesh.operator"),
            "operator of another tenant" => _issuer.Token("ops", "acme", "agentmesh.operator"),
            "owner and admin" => _issuer.Token(scope: "agentmesh agentmesh.admin"),
            _ => _issuer.Token(),
        };
    }

    // A letter of the claims, so that it is the signature that says no.
    private static string Changed(string token)
    {
        var at = token.IndexOf('.', StringComparison.Ordinal) + 20;
        return $"{token[..at]}{(token[at] == 'A' ? 'B' : 'A')}{token[(at + 1)..]}";
    }

    private static async Task<string> CodeAsync(HttpResponseMessage response)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
            return "";
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return body.Length == 0 ? "" : JsonElement.Parse(body).GetProperty("type").GetString()!["urn:agentmesh:problem:".Length..];
    }
}
