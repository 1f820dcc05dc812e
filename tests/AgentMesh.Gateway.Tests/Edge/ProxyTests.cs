using System.Net;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.Tests.Identity;

namespace AgentMesh.Gateway.Tests.Edge;

/// <summary>Behind proxies: whose request it is they say, when they are named, and nobody else does.</summary>
public sealed class ProxyTests : IAsyncLifetime
{
    // For everybody, and answered without asking anybody.
    private const string Public = "/agent/alice/mcp";

    private readonly TokenIssuer _issuer = new();
    private FakeSidecar _sidecar = null!;

    public async ValueTask InitializeAsync() => _sidecar = await FakeSidecar.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _sidecar.DisposeAsync();
        _issuer.Dispose();
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.0.0.0/8", true)]
    [InlineData("192.0.2.1, 127.0.0.1", true)]
    [InlineData("192.0.2.0/24", false)]
    [InlineData("", false)]
    public async Task ForwardedAddress_IsBelievedOfNamedProxiesOnly(string proxies, bool isBelieved)
    {
        await using var gateway = Start(proxies, ("AgentMesh:Edge:AnonymousPerMinute", "1"));
        using var client = new HttpClient();
        for (var n = 0; n < AnonymousPace.Burst; n++)
            Assert.NotEqual(HttpStatusCode.TooManyRequests, await StatusAsync(client, gateway, "198.51.100.1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(client, gateway, "198.51.100.1"));
        // Another caller's tokens are their own, if there is another caller.
        Assert.Equal(!isBelieved, await StatusAsync(client, gateway, "198.51.100.2") == HttpStatusCode.TooManyRequests);
    }

    /// <summary>What a caller writes before the proxy's own entry is the caller's word.</summary>
    [Fact]
    public async Task AddressThatTheCallerWrote_IsNotTheirs()
    {
        await using var gateway = Start("127.0.0.1", ("AgentMesh:Edge:AnonymousPerMinute", "1"));
        using var client = new HttpClient();
        for (var n = 0; n < AnonymousPace.Burst; n++)
            await StatusAsync(client, gateway, $"203.0.113.{n}, 198.51.100.1");
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(client, gateway, "203.0.113.250, 198.51.100.1"));
    }

    /// <summary>Behind a proxy that ends TLS, the gateway's own pages are of https.</summary>
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("192.0.2.1", false)]
    public async Task ForwardedProtocol_IsThatOfTheGateway(string proxies, bool isBelieved)
    {
        await using var gateway = Start(proxies);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{gateway.Port}{Public}");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("Origin", $"https://127.0.0.1:{gateway.Port}");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(!isBelieved, response.StatusCode == HttpStatusCode.Forbidden);
        Assert.Equal(isBelieved, response.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task CallerWithAToken_IsNotCounted()
    {
        await using var gateway = Start("", ("AgentMesh:Edge:AnonymousPerMinute", "1"));
        using var client = new HttpClient();
        for (var n = 0; n <= AnonymousPace.Burst; n++)
            await StatusAsync(client, gateway, null);
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(client, gateway, null));
        client.DefaultRequestHeaders.Authorization = new("Bearer", _issuer.Token());
        Assert.Equal(HttpStatusCode.MethodNotAllowed, await StatusAsync(client, gateway, null));
    }

    private GatewayServer Start(string proxies, params (string Name, string Value)[] settings) => new GatewayServer(
        _sidecar, null, [.. _issuer.Settings, new("AgentMesh:Edge:Proxies", proxies), .. settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value))]).OnKestrel();

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, GatewayServer gateway, string? forwardedFor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{gateway.Port}{Public}");
        if (forwardedFor is not null)
            request.Headers.Add("X-Forwarded-For", forwardedFor);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
