using System.Net;
using Microsoft.AspNetCore.Http;

namespace AgentMesh.Gateway.Tests.Edge;

public sealed class DevelopmentDoorTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private readonly HttpClient _client = fixture.Gateway.Client();

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST:8080", true)]
    [InlineData("localhost:1", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.0.0.1:65535", true)]
    [InlineData("[::1]", true)]
    [InlineData("[::1]:8080", true)]
    [InlineData("localhost.", false)]
    [InlineData("localhost.evil.com", false)]
    [InlineData("localhost.evil.com:8080", false)]
    [InlineData("evil.com", false)]
    [InlineData("evil.localhost", false)]
    [InlineData("127.0.0.1.nip.io", false)]
    [InlineData("127.0.0.1.nip.io:8080", false)]
    [InlineData("127.0.0.2", false)]
    [InlineData("0.0.0.0:8080", false)]
    [InlineData("127.1", false)]
    [InlineData("2130706433", false)]
    [InlineData("0x7f.1", false)]
    [InlineData("[::]", false)]
    [InlineData("[0:0:0:0:0:0:0:1]", false)]
    [InlineData("[::ffff:127.0.0.1]", false)]
    [InlineData("192.168.0.1:8080", false)]
    [InlineData("agentmesh.dev", false)]
    public async Task Host_MustBeThisMachine(string host, bool accepted)
    {
        await AssertAsync("/agent/alice/info", "foreign_host", accepted, ("Host", host));
        await AssertAsync("/healthz", "foreign_host", accepted, ("Host", host));
    }

    [Theory]
    [InlineData("http://localhost:8080", true)]
    [InlineData("http://localhost:3000", true)]
    [InlineData("https://app.example.org", true)]
    [InlineData("https://localhost:8080", false)]
    [InlineData("http://localhost", false)]
    [InlineData("http://localhost:80800", false)]
    [InlineData("http://localhost:8081", false)]
    [InlineData("http://127.0.0.1:8080", false)]
    [InlineData("http://localhost:8080.evil.com", false)]
    [InlineData("http://localhost:8080/", false)]
    [InlineData("http://evil.com", false)]
    [InlineData("http://app.example.org", false)]
    [InlineData("https://app.example.org.evil.com", false)]
    [InlineData("https://app.example.org:443", false)]
    [InlineData("https://APP.example.org", false)]
    [InlineData("null", false)]
    [InlineData("*", false)]
    [InlineData("file://", false)]
    [InlineData("chrome-extension://abc", false)]
    [InlineData("http://localhost:8080 http://evil.com", false)]
    public Task Origin_MustBeOwnOrConfigured(string origin, bool accepted) => AssertAsync("/agent/alice/info", "foreign_origin", accepted, ("Origin", origin));

    [Fact]
    public Task TwoOrigins_AreRefused() =>
        AssertAsync("/agent/alice/info", "foreign_origin", false, ("Origin", "http://localhost:8080"), ("Origin", "http://localhost:8080"));

    [Theory]
    [InlineData("none", null, null, null, true)]
    [InlineData("same-origin", "cors", "empty", null, true)]
    [InlineData("cross-site", "navigate", "document", null, true)]
    [InlineData("same-site", "navigate", "document", null, true)]
    [InlineData("cross-site", "cors", "empty", "https://app.example.org", true)]
    [InlineData("same-site", "cors", "empty", "http://localhost:3000", true)]
    [InlineData("cross-site", null, null, null, false)]
    [InlineData("same-site", null, null, null, false)]
    [InlineData("cross-site", "no-cors", "image", null, false)]
    [InlineData("cross-site", "no-cors", "script", null, false)]
    [InlineData("cross-site", "navigate", "iframe", null, false)]
    [InlineData("cross-site", "navigate", null, null, false)]
    [InlineData("cross-site", "cors", "empty", "https://evil.com", false)]
    [InlineData("Cross-Site", null, null, null, false)]
    [InlineData("something-new", null, null, null, false)]
    public async Task PagesOfOthers_AreRefused(string site, string? mode, string? destination, string? origin, bool accepted)
    {
        var headers = new List<(string, string)> { ("Sec-Fetch-Site", site) };
        if (mode is not null)
            headers.Add(("Sec-Fetch-Mode", mode));
        if (destination is not null)
            headers.Add(("Sec-Fetch-Dest", destination));
        if (origin is not null)
            headers.Add(("Origin", origin));
        await AssertAsync("/agent/alice/info", "foreign_origin", accepted, [.. headers]);
    }

    [Fact]
    public async Task NavigationThatPosts_IsRefused()
    {
        fixture.Sidecar.Reset();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/agent/alice/message", UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "cross-site");
        request.Headers.TryAddWithoutValidation("Sec-Fetch-Mode", "navigate");
        request.Headers.TryAddWithoutValidation("Sec-Fetch-Dest", "document");
        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        await response.IsProblemAsync(403, "foreign_origin");
    }

    [Theory]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("x-forwarded-host", "localhost")]
    [InlineData("X-Forwarded-Proto", "http")]
    [InlineData("X-Forwarded-Anything", "x")]
    [InlineData("X-Original-Host", "localhost")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("Via", "1.1 proxy")]
    [InlineData("X-Real-IP", "127.0.0.1")]
    [InlineData("X-Client-IP", "127.0.0.1")]
    [InlineData("True-Client-IP", "127.0.0.1")]
    [InlineData("CF-Connecting-IP", "127.0.0.1")]
    public Task ForwardedRequests_AreRefused(string name, string value) =>
        AssertAsync("/agent/alice/info", "forwarded_not_allowed", false, (name, value));

    [Theory]
    [InlineData("127.0.0.1", 200)]
    [InlineData("::1", 200)]
    [InlineData("::ffff:127.0.0.1", 200)]
    [InlineData("192.168.0.7", 403)]
    [InlineData("2001:db8::1", 403)]
    public async Task Address_MustBeThisMachine(string address, int status)
    {
        var context = await fixture.Gateway.Server.SendAsync(
            request =>
            {
                request.Connection.RemoteIpAddress = IPAddress.Parse(address);
                request.Request.Method = HttpMethods.Get;
                request.Request.Path = "/livez";
                request.Request.Headers.Host = "localhost";
            },
            TestContext.Current.CancellationToken);
        Assert.Equal(status, context.Response.StatusCode);
    }

    [Fact]
    public async Task ConfiguredOrigin_GetsItsHeaders_AlsoOnProblems()
    {
        fixture.Sidecar.Reset();
        foreach (var user in "aA")
        {
            var path = $"/agent/{user}/info";
            using var response = await SendAsync(HttpMethod.Get, path, ("Origin", "https://app.example.org"));
            Assert.Equal("https://app.example.org", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
            Assert.Contains("Origin", response.Headers.Vary);
            Assert.False(response.Headers.Contains("Access-Control-Allow-Credentials"));
        }
    }

    [Fact]
    public async Task OwnOrigin_NeedsNoHeaders()
    {
        fixture.Sidecar.Reset();
        using var response = await SendAsync(HttpMethod.Get, "/agent/alice/info", ("Origin", "http://localhost:8080"));
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Preflight_IsAnsweredForConfiguredOriginsOnly()
    {
        using var allowed = await SendAsync(
            HttpMethod.Options, "/agent/alice/message", ("Origin", "http://localhost:3000"), ("Access-Control-Request-Method", "POST"), ("Sec-Fetch-Site", "same-site"));
        Assert.Equal(HttpStatusCode.NoContent, allowed.StatusCode);
        Assert.Contains("POST", allowed.Headers.GetValues("Access-Control-Allow-Methods").Single(), StringComparison.Ordinal);
        Assert.Contains("Idempotency-Key", allowed.Headers.GetValues("Access-Control-Allow-Headers").Single(), StringComparison.Ordinal);

        using var foreign = await SendAsync(
            HttpMethod.Options, "/agent/alice/message", ("Origin", "http://localhost:3001"), ("Access-Control-Request-Method", "POST"));
        await foreign.IsProblemAsync(403, "foreign_origin");
        Assert.False(foreign.Headers.Contains("Access-Control-Allow-Origin"));
    }

    private async Task AssertAsync(string path, string code, bool accepted, params (string Name, string Value)[] headers)
    {
        fixture.Sidecar.Reset();
        using var response = await SendAsync(HttpMethod.Get, path, headers);
        if (accepted)
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return;
        }

        await response.IsProblemAsync(403, code);
        Assert.Empty(fixture.Sidecar.Calls);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Headers.Host = "localhost:8080";
        foreach (var (name, value) in headers)
        {
            if (name == "Host")
                request.Headers.Host = value;
            else
                request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
