using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using AgentMesh.Gateway.Console;
using AgentMesh.Gateway.Tests.Identity;

namespace AgentMesh.Gateway.Tests.Console;

/// <summary>The page at <c>/</c> and its files. What the page does is looked at in a browser: <c>tests/console</c>.</summary>
public sealed partial class ConsoleTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const int MaxLines = 300;

    private static readonly string[] Files = [.. typeof(ConsoleEndpoint).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith("AgentMesh.Gateway.Console.", StringComparison.Ordinal))
        .Select(name => name["AgentMesh.Gateway.Console.".Length..])
        .Where(name => name != "index.html")
        .Order(StringComparer.Ordinal)];

    /// <summary>Each file of the page, by its path.</summary>
    public static TheoryData<string> Paths => ["/", .. Files.Select(file => $"/console/{file}")];

    [Theory]
    [InlineData("/", "text/html; charset=utf-8")]
    [InlineData("/console/main.js", "text/javascript; charset=utf-8")]
    [InlineData("/console/base.css", "text/css; charset=utf-8")]
    [InlineData("/console/icon.svg", "image/svg+xml")]
    public async Task File_IsOfItsType(string path, string type)
    {
        using var response = await SendAsync(HttpMethod.Get, path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType!.ToString());
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task File_IsShutIn(string path)
    {
        using var response = await SendAsync(HttpMethod.Get, path);
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy")).Split("; ");
        Assert.Contains("default-src 'none'", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.Contains("trusted-types 'none'", policy);
        // Only what is of this origin, and nothing inline.
        Assert.All(policy, directive => Assert.Matches("^([a-z-]+ '(none|self|script)')$", directive));
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
        Assert.Equal("same-origin", Assert.Single(response.Headers.GetValues("Cross-Origin-Resource-Policy")));
        Assert.Equal("same-origin", Assert.Single(response.Headers.GetValues("Cross-Origin-Opener-Policy")));
        Assert.Equal("no-cache", response.Headers.CacheControl!.ToString());
    }

    /// <summary>A page of one version with scripts of another would fall over: each file is asked for, and comes only when it is new.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public async Task File_ThatIsKnown_IsNotSentAgain(string path)
    {
        using var first = await SendAsync(HttpMethod.Get, path);
        var tag = first.Headers.ETag!;
        Assert.False(tag.IsWeak);
        using var again = await SendAsync(HttpMethod.Get, path, request => request.Headers.IfNoneMatch.Add(tag));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal(tag, again.Headers.ETag);
        Assert.Equal("no-cache", again.Headers.CacheControl!.ToString());
        Assert.Empty(await again.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        using var other = await SendAsync(HttpMethod.Get, path, request => request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue("\"another\"")));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        using var only = await SendAsync(HttpMethod.Get, path, request => request.Headers.IfMatch.Add(new EntityTagHeaderValue("\"another\"")));
        Assert.Equal(HttpStatusCode.PreconditionFailed, only.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Head_SaysWhatGetWould(string path)
    {
        using var get = await SendAsync(HttpMethod.Get, path);
        using var head = await SendAsync(HttpMethod.Head, path);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Equal((await get.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length, head.Content.Headers.ContentLength);
        Assert.Equal(get.Headers.ETag, head.Headers.ETag);
    }

    [Theory]
    [InlineData("POST", "/")]
    [InlineData("PUT", "/")]
    [InlineData("DELETE", "/")]
    [InlineData("OPTIONS", "/")]
    [InlineData("POST", "/console/main.js")]
    [InlineData("PATCH", "/console/nothing.js")]
    public async Task OtherMethods_Are405(string method, string path)
    {
        using var response = await SendAsync(new HttpMethod(method), path);
        await response.IsProblemAsync(405, "method_not_allowed");
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("/console")]
    [InlineData("/console/")]
    [InlineData("/console/nothing.js")]
    [InlineData("/console/index.html")]
    [InlineData("/console/Main.js")]
    [InlineData("/console/AgentMesh.Gateway.openapi.json")]
    [InlineData("/console/..%2Fopenapi.json")]
    [InlineData("/console/a/main.js")]
    [InlineData("/index.html")]
    public async Task WhatIsNoFileOfIt_IsNotFound(string path)
    {
        using var response = await SendAsync(HttpMethod.Get, path);
        await response.IsProblemAsync(404, "not_found");
    }

    /// <summary>Whoever has no token yet needs the page to enter one; it holds nothing that is anybody's.</summary>
    [Fact]
    public async Task Page_IsForEverybody_WhereOthersProveWhoTheyAre()
    {
        using var issuer = new TokenIssuer();
        await using var gateway = new GatewayServer(fixture.Sidecar, null, [.. issuer.Settings, new("APP_API_TOKEN", "app-token")]);
        using var client = gateway.Client();
        foreach (var path in Files.Select(file => $"/console/{file}").Prepend("/"))
        {
            using var response = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        using var info = await client.GetAsync(new Uri("/agent/alice/info", UriKind.Relative), TestContext.Current.CancellationToken);
        await info.IsProblemAsync(401, "unauthenticated");
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task File_NamesNoOtherOrigin_AndIsShort(string path)
    {
        var text = await TextAsync(path);
        // Names of XML's own that nothing is loaded from.
        Assert.Empty(Address().Matches(text.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal)).Select(match => match.Value));
        Assert.True(text.AsSpan().Count('\n') <= MaxLines, path);
    }

    /// <summary>What an agent says is text: there is nothing that would read it as HTML or as script.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public async Task File_HasNoWayToMakeHtmlOfText(string path)
    {
        var text = await TextAsync(path);
        Assert.Empty(Unsafe().Matches(text).Select(match => match.Value));
        if (path == "/")
            Assert.Empty(Inline().Matches(text).Select(match => match.Value));
    }

    /// <summary>What is loaded is there, and what is there is loaded.</summary>
    [Fact]
    public async Task EveryFile_IsLoadedByAnother()
    {
        var loaded = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var path in Files.Select(file => $"/console/{file}").Prepend("/"))
        {
            foreach (Match match in Loaded().Matches(await TextAsync(path)))
                loaded.Add(match.Groups["file"].Value);
        }

        Assert.Equal(Files, loaded);
    }

    private async Task<string> TextAsync(string path)
    {
        using var response = await SendAsync(HttpMethod.Get, path);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, Action<HttpRequestMessage>? more = null)
    {
        using var client = fixture.Gateway.Client();
        using var request = new HttpRequestMessage(method, path);
        more?.Invoke(request);
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    [GeneratedRegex(@"(https?:|wss?:)?//[\w.-]+\.\w+|@import|url\(")]
    private static partial Regex Address();

    [GeneratedRegex(@"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc|javascript:")]
    private static partial Regex Unsafe();

    [GeneratedRegex(@"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)")]
    private static partial Regex Inline();

    [GeneratedRegex(@"(?:/console/|from '\./)(?<file>[\w-]+\.\w+)")]
    private static partial Regex Loaded();
}
