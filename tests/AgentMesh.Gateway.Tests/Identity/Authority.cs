using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentMesh.Gateway.Tests.Identity;

/// <summary>An OpenID Connect issuer as far as a service reads of it: the discovery document and the keys.</summary>
internal sealed class Authority : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Authority(WebApplication app) => _app = app;

    public string Url { get; private init; } = "";

    public TokenIssuer Tokens { get; } = new();

    /// <summary>Settings of a gateway that takes its tokens.</summary>
    public KeyValuePair<string, string>[] Settings =>
        [new("AgentMesh:Auth:Mode", "Jwt"), new("AgentMesh:Auth:Jwt:Authority", Url), new("AgentMesh:Auth:Jwt:Audience", TokenIssuer.Audience)];

    public static async Task<Authority> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        Authority? authority = null;
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new { issuer = authority!.Url, jwks_uri = $"{authority.Url}/keys" }));
        app.MapGet("/keys", () => Results.Text(authority!.Tokens.PublicKey, "application/json"));
        await app.StartAsync();
        return authority = new Authority(app) { Url = app.Urls.Single() };
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Tokens.Dispose();
    }
}
