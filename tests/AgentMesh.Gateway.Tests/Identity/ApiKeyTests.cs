using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using AgentMesh.Gateway.Identity;
using AgentMesh.Gateway.Identity.Tickets;
using AgentMesh.Primitives;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Gateway.Tests.Identity;

/// <summary><c>AgentMesh__Auth__Mode=ApiKey</c>: keys that admins give out, from the first one on.</summary>
public sealed class ApiKeyTests : IAsyncLifetime
{
    private const string Bootstrap = "0123456789abcdef0123456789abcdef";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly FakeKeys _keys = new();
    private FakeSidecar _sidecar = null!;
    private GatewayServer _gateway = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _sidecar = await FakeSidecar.StartAsync();
        _sidecar.Agent = _keys.Answer;
        _gateway = new GatewayServer(_sidecar, _time, new("AgentMesh:Auth:Mode", "ApiKey"), new("AgentMesh:Auth:BootstrapKey", Bootstrap));
        _client = _gateway.Client();
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _sidecar.DisposeAsync();
    }

    [Fact]
    public async Task FirstKey_MakesOthers_AndEachOpensWhatItIsFor()
    {
        var admin = await MakeAsync(Bootstrap, "acme", """{"name":"ops","scopes":["admin"]}""");
        var alice = await MakeAsync(admin, "acme", """{"name":"alice's laptop","user":"alice","scopes":["user"]}""");
        var backend = await MakeAsync(admin, "acme", """{"name":"backend","scopes":["user"]}""");
        (string Key, string Path, int Status)[] table =
        [
            (alice, "/agent/alice/info", 200),
            (alice, "/agent/bob/info", 404),
            (alice, "/t/default/agent/alice/info", 404),
            (alice, "/admin/tenants/acme", 403),
            (backend, "/agent/bob/info", 200),
            (backend, "/t/default/agent/bob/info", 404),
            (admin, "/agent/alice/info", 403),
            (admin, "/admin/keys", 200),
            (admin, "/admin/keys?tenant=acme", 200),
            (admin, "/admin/keys?tenant=default", 404),
            (Bootstrap, "/admin/keys?tenant=acme", 200),
            (Bootstrap, "/agent/alice/info", 403),
        ];
        foreach (var (key, path, status) in table)
            Assert.Equal((path, status), (path, (int)await StatusAsync(key, path)));
        // A backend's agents are its tenant's.
        Assert.Contains(_sidecar.Calls, call => call.Path.Contains("/acme:bob/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Secret_StaysHere()
    {
        var key = await MakeAsync(Bootstrap, "acme", """{"name":"k","user":"alice","scopes":["user"]}""");
        await StatusAsync(key, "/agent/alice/info");
        var secret = key.Split('_')[2];
        Assert.Equal(52, secret.Length);
        Assert.DoesNotContain(_sidecar.AllCalls, call => call.Body.Contains(secret, StringComparison.Ordinal) || call.Path.Contains(secret, StringComparison.Ordinal) || call.Headers.Values.Any(value => value.Contains(secret, StringComparison.Ordinal)));
        using var list = await SendAsync(HttpMethod.Get, Bootstrap, "/admin/keys?tenant=acme");
        var listed = await list.IsJsonAsync();
        Assert.DoesNotContain(secret, listed, StringComparison.Ordinal);
        Assert.Contains($"\"prefix\":\"{key[..17]}\"", listed, StringComparison.Ordinal);
    }

    /// <summary>What admins do with keys is in the chain of the keys' tenant, by the id of the key they came with.</summary>
    [Fact]
    public async Task Admins_AreNamedInTheAuditChain_ByTheirKeysId()
    {
        var admin = await MakeAsync(Bootstrap, "acme", """{"name":"ops","scopes":["admin"]}""");
        var made = await MakeAsync(admin, "acme", """{"name":"k","scopes":["user"]}""");
        var audit = _sidecar.AllCalls.Where(call => call.Path.Contains("/AuditActor/acme/", StringComparison.Ordinal)).Select(call => JsonElement.Parse(call.Body)).ToList();
        string[] ids = [admin.Split('_')[1], made.Split('_')[1]];
        Assert.Equal(["bootstrap", $"key:acme/{ids[0]}"], audit.Where(call => call.TryGetProperty("caller", out _)).Select(call => call.GetProperty("caller").GetString()));
        Assert.Equal(ids.Select(id => $"id={id} 201"), audit.Where(call => call.TryGetProperty("outcome", out _)).Select(call => $"{call.GetProperty("target")} {call.GetProperty("outcome")}"));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("0123456789abcdef0123456789abcdeF")]
    [InlineData("0123456789abcdef0123456789abcde")]
    [InlineData("")]
    public async Task WhatIsNoKey_IsRefused_AndNobodyIsAsked(string key)
    {
        using var response = await SendAsync(HttpMethod.Get, key, "/agent/alice/info");
        await response.IsProblemAsync(401, "invalid_token");
        Assert.Empty(_sidecar.Calls);
    }

    /// <summary>The id is right and known, and the secret is another's.</summary>
    [Fact]
    public async Task AnotherSecret_OpensNothing()
    {
        var (one, other) = (await MakeAsync(Bootstrap, "acme", """{"name":"1","scopes":["user"]}"""), await MakeAsync(Bootstrap, "acme", """{"name":"2","scopes":["user"]}"""));
        var (mine, theirs) = (one.Split('_'), other.Split('_'));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(one, "/agent/alice/info"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync($"amk_{mine[1]}_{theirs[2]}_acme", "/agent/alice/info"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync($"amk_{mine[1]}_{mine[2]}_default", "/agent/alice/info"));
    }

    /// <summary>Whoever tries tenants by made-up keys has some of them looked up, and then waits. Whoever has a key that was looked up goes on.</summary>
    [Fact]
    public async Task MadeUpKeys_AreNotLookedUpForEver()
    {
        var key = await MakeAsync(Bootstrap, "acme", """{"name":"k","scopes":["user"]}""");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(key, "/agent/alice/info"));
        for (var n = 0; n < ApiKeyCallers.UnknownAtOnce; n++)
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(MadeUp(n), "/agent/alice/info"));
        _sidecar.Reset();
        using (var refused = await SendAsync(HttpMethod.Get, MadeUp(1000), "/agent/alice/info"))
            await refused.IsProblemAsync(429, "address_rate_limited");
        Assert.Empty(_sidecar.Calls);
        // One that is known to be none needs no look either.
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(MadeUp(0), "/agent/alice/info"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(key, "/agent/alice/info"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(MadeUp(1000), "/agent/alice/info"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(MadeUp(1001), "/agent/alice/info"));
        // Also when its key has to be looked up again.
        _time.Advance(ApiKeyCallers.Remembered);
        for (var n = 2000; await StatusAsync(MadeUp(n), "/agent/alice/info") != HttpStatusCode.TooManyRequests; n++)
            Assert.InRange(n, 2000, 2000 + ApiKeyCallers.UnknownAtOnce);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(key, "/agent/alice/info"));
        var (tenant, id) = (key.Split('_')[3], key.Split('_')[1]);
        _keys.Revoke(tenant, id);
        _time.Advance(ApiKeyCallers.Remembered);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(key, "/agent/alice/info"));

        string MadeUp(int n) => string.Join('_', [.. key.Split('_')[..3], $"made{n}"]);
    }

    [Fact]
    public async Task RevokedKey_OpensNothing_HereAtOnce_AndElsewhereSoon()
    {
        await using var other = new GatewayServer(_sidecar, _time, new("AgentMesh:Auth:Mode", "ApiKey"), new("AgentMesh:Auth:BootstrapKey", Bootstrap));
        using var there = other.Client();
        var key = await MakeAsync(Bootstrap, "acme", """{"name":"k","scopes":["user"]}""");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(key, "/agent/alice/info"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(key, "/agent/alice/info", there));
        using var revoked = await SendAsync(HttpMethod.Delete, Bootstrap, $"/admin/keys/{key.Split('_')[1]}?tenant=acme");
        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(key, "/agent/alice/info"));
        _time.Advance(ApiKeyCallers.Remembered);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(key, "/agent/alice/info", there));
    }

    [Theory]
    [InlineData(-1, HttpStatusCode.OK)]
    [InlineData(0, HttpStatusCode.Unauthorized)]
    public async Task ExpiredKey_OpensNothing_FromItsMomentOn(int milliseconds, HttpStatusCode status)
    {
        var key = await MakeAsync(Bootstrap, "acme", """{"name":"k","scopes":["user"],"expiresAt":"2026-01-02T03:05:05Z"}""");
        _time.Advance(TimeSpan.FromSeconds(60) + TimeSpan.FromMilliseconds(milliseconds));
        Assert.Equal(status, await StatusAsync(key, "/agent/alice/info"));
    }

    /// <summary>Whoever knocks without end costs the agents little: that there is no such key is remembered too.</summary>
    [Fact]
    public async Task Key_IsAskedForOnce_InAWhile()
    {
        var key = ApiKeyText.Make(TenantId.Parse("acme"), new byte[ApiKeyText.RandomBytes]).Reveal();
        for (var n = 0; n < 3; n++)
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(key, "/agent/alice/info"));
        Assert.Single(_sidecar.Calls);
        _time.Advance(ApiKeyCallers.Remembered);
        await StatusAsync(key, "/agent/alice/info");
        Assert.Equal(2, _sidecar.Calls.Count);
    }

    [Theory]
    [InlineData("""{"scopes":["user"]}""")]
    [InlineData("""{"name":"","scopes":["user"]}""")]
    [InlineData("""{"name":"k"}""")]
    [InlineData("""{"name":"k","scopes":[]}""")]
    [InlineData("""{"name":"k","scopes":["user","user"]}""")]
    [InlineData("""{"name":"k","scopes":["root"]}""")]
    [InlineData("""{"name":"k","scopes":[null]}""")]
    [InlineData("""{"name":"k","scopes":["user"],"user":"Alice"}""")]
    public async Task BadRequest_IsRefused(string body)
    {
        using var response = await SendAsync(HttpMethod.Post, Bootstrap, "/admin/keys", body);
        await response.IsProblemAsync(400, "invalid_api_key_request");
        Assert.Empty(_sidecar.Calls);
    }

    /// <summary>A ticket says with which key it was asked for, and when that ends.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(3601)]
    public async Task Ticket_IsOfItsKey(int? seconds)
    {
        var end = seconds is { } left ? $",\"expiresAt\":\"{_time.GetUtcNow().AddSeconds(left):yyyy-MM-ddTHH:mm:ssZ}\"" : "";
        var key = await MakeAsync(Bootstrap, "acme", $$"""{"name":"alice","user":"alice","scopes":["user"]{{end}}}""");
        using var response = await SendAsync(HttpMethod.Post, key, "/agent/alice/ticket");
        var ticket = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("ticket").GetString()!;
        var said = _gateway.Services.GetRequiredService<TicketSeal>().Open(ticket)!;
        Assert.Equal((seconds is { } after ? _time.GetUtcNow().AddSeconds(after) : null, "acme:alice"), (said.EndsAt, said.Agent.ToString()));
        Assert.StartsWith(said.Key!.Value.Prefix + "_", key, StringComparison.Ordinal);
    }

    private async Task<string> MakeAsync(string by, string tenant, string body)
    {
        using var response = await SendAsync(HttpMethod.Post, by, $"/admin/keys?tenant={tenant}", body);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.Created, text);
        var made = JsonElement.Parse(text);
        var key = made.GetProperty("key").GetString()!;
        Assert.StartsWith(made.GetProperty("prefix").GetString() + "_", key, StringComparison.Ordinal);
        Assert.EndsWith("_" + tenant, key, StringComparison.Ordinal);
        return key;
    }

    private async Task<HttpStatusCode> StatusAsync(string key, string path, HttpClient? client = null)
    {
        using var response = await SendAsync(HttpMethod.Get, key, path, null, client);
        return response.StatusCode;
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string key, string path, string? body = null, HttpClient? client = null)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
        if (body is not null)
            request.Content = new StringContent(body, MediaTypeHeaderValue.Parse("application/json"));
        return (client ?? _client).SendAsync(request, TestContext.Current.CancellationToken);
    }
}
