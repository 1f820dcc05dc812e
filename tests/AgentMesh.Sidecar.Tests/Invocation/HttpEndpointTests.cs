using System.Net;
using System.Text;
using AgentMesh.Sidecar.Resiliency;
using AgentMesh.Sidecar.Resources;
using AgentMesh.Sidecar.Tests.Runtime;

namespace AgentMesh.Sidecar.Tests.Invocation;

/// <summary>Calls to foreign hosts: by an endpoint's name and by URL. Neither of Dapr's tokens leaves for them.</summary>
public sealed class HttpEndpointTests
{
    private const string DaprToken = "dapr-token-of-the-run";
    private const string AppToken = "app-token-of-the-run";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Forms => new("name", "url", "escaped", "header", "basic", "url in header");

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task ForeignHost_GetsTheCallersHeaders_AndNoToken(string form)
    {
        await using var mesh = await Mesh.StartAsync();
        mesh.Host.Handler = (context, _) =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = "http://elsewhere/";
            context.Response.Headers["X-Answer"] = "yes";
            return context.Response.WriteAsync("body of the host");
        };
        using var request = mesh.Request(HttpMethod.Post, form, "charge?x=1");
        request.Headers.Add("X-Caller", "c");
        request.Content = new StringContent("""{"a":1}""", Encoding.UTF8, "application/json");

        using var answer = await mesh.Client.SendAsync(request, Token);

        // Redirects are the caller's to follow.
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal("yes", answer.Headers.GetValues("X-Answer").Single());
        Assert.Equal("body of the host", await answer.Content.ReadAsStringAsync(Token));
        var received = Assert.Single(mesh.Host.Requests);
        Assert.Equal(("POST", form is "url" or "escaped" or "url in header" ? "/charge?x=1" : "/base/charge?x=1", """{"a":1}"""), (received.Method, received.Path, received.Body));
        Assert.Equal("c", received.Headers["X-Caller"]);
        Assert.Equal("application/json; charset=utf-8", received.Headers["Content-Type"]);
        Assert.False(received.Headers.ContainsKey("dapr-api-token"));
        Assert.DoesNotContain(received.Headers.Values, value => value.Contains(DaprToken, StringComparison.Ordinal) || value.Contains(AppToken, StringComparison.Ordinal));
        Assert.Equal(form is "name" or "header" or "basic", received.Headers.GetValueOrDefault("X-Key") == "key of the endpoint");
    }

    [Fact]
    public async Task Endpoint_HeadersWinOverTheCallers()
    {
        await using var mesh = await Mesh.StartAsync();
        using var request = mesh.Request(HttpMethod.Get, "name", "x");
        request.Headers.Add("X-Key", "of the caller");
        using var answer = await mesh.Client.SendAsync(request, Token);
        var received = Assert.Single(mesh.Host.Requests);
        Assert.Equal("key of the endpoint", received.Headers["X-Key"]);
        Assert.False(received.Headers.ContainsKey("Transfer-Encoding"));
    }

    [Fact]
    public async Task Endpoint_StreamsEventsAsTheyCome()
    {
        await using var mesh = await Mesh.StartAsync();
        var next = new SemaphoreSlim(0);
        mesh.Host.Handler = async (context, _) =>
        {
            context.Response.ContentType = "text/event-stream";
            for (var n = 0; n < 3; n++)
            {
                await context.Response.WriteAsync($"data: {n}\n\n", Token);
                await context.Response.Body.FlushAsync(Token);
                await next.WaitAsync(Token);
            }
        };
        using var request = mesh.Request(HttpMethod.Get, "name", "events");
        using var answer = await mesh.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Token));
        for (var n = 0; n < 3; n++)
        {
            Assert.Equal($"data: {n}", await reader.ReadLineAsync(Token));
            Assert.Equal("", await reader.ReadLineAsync(Token));
            next.Release();
        }

        Assert.Null(await reader.ReadLineAsync(Token));
    }

    [Fact]
    public async Task Endpoint_StreamsARequestAsItComes()
    {
        await using var mesh = await Mesh.StartAsync();
        using var request = mesh.Request(HttpMethod.Post, "name", "upload");
        request.Content = new StreamContent(new MemoryStream("streamed"u8.ToArray()));
        request.Headers.TransferEncodingChunked = true;
        using var answer = await mesh.Client.SendAsync(request, Token);
        var received = Assert.Single(mesh.Host.Requests);
        Assert.Equal("streamed", received.Body);
        Assert.False(received.Headers.ContainsKey("Content-Length"));
    }

    [Fact]
    public async Task Endpoint_FollowsAPolicyOfTheUsersOwn()
    {
        var policy = new TargetPolicy(null, new RetryPolicy(false, TimeSpan.Zero, TimeSpan.Zero, 5, null), null);
        await using var mesh = await Mesh.StartAsync(new ResiliencyResource("r") { Apps = new Dictionary<string, TargetPolicy> { ["shop"] = policy } });
        mesh.Host.Handler = (context, _) =>
        {
            context.Response.StatusCode = mesh.Host.Requests.Count < 3 ? 503 : 200;
            return Task.CompletedTask;
        };
        using var request = mesh.Request(HttpMethod.Post, "name", "charge");
        request.Content = new StringContent("body");
        using var answer = await mesh.Client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["body", "body", "body"], mesh.Host.Requests.Select(received => received.Body));
    }

    [Theory]
    [InlineData("app.default", HttpStatusCode.OK, "")]
    [InlineData("app.one.two", HttpStatusCode.InternalServerError, "failed to invoke, id: app.one.two, err: invalid app id app.one.two")]
    [InlineData("app.", HttpStatusCode.InternalServerError, "failed to invoke, id: app., err: invalid app id app.")]
    public async Task Target_MayNameItsNamespace(string target, HttpStatusCode status, string text)
    {
        await using var mesh = await Mesh.StartAsync();
        using var request = mesh.Request(HttpMethod.Get, "path", $"/v1.0/invoke/{target}/method/x");
        using var answer = await mesh.Client.SendAsync(request, Token);
        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(text, await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Target_OfAnotherNamespace_IsNotFound()
    {
        await using var mesh = await Mesh.StartAsync();
        // A body that is streamed is not sent again, so there is no wait for a second try.
        using var request = mesh.Request(HttpMethod.Post, "path", "/v1.0/invoke/app.other/method/x");
        request.Content = new StreamContent(new MemoryStream([1]));
        request.Headers.TransferEncodingChunked = true;
        using var answer = await mesh.Client.SendAsync(request, Token);
        Assert.Contains("couldn't find service: app", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    private sealed class Mesh(StubApp host, StubApp app, SidecarHarness sidecar) : IAsyncDisposable
    {
        public StubApp Host => host;

        public HttpClient Client { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false });

        public static async Task<Mesh> StartAsync(params ResiliencyResource[] policies)
        {
            var host = await StubApp.StartAsync("{}");
            var app = await StubApp.StartAsync("{}");
            var sidecar = await SidecarHarness.StartAsync(
                [SidecarHarness.Define("app", app.Port) with
                {
                    Endpoints = [new HttpEndpoint("shop", $"http://127.0.0.1:{host.Port}/base") { Headers = [new ComponentValue("X-Key", "key of the endpoint")] }],
                    Resiliency = policies,
                }],
                daprToken: DaprToken, appToken: AppToken);
            await sidecar.ConnectAsync();
            return new Mesh(host, app, sidecar);
        }

        /// <summary>The request in one of the forms that name a target.</summary>
        public HttpRequestMessage Request(HttpMethod method, string form, string path)
        {
            var url = $"http://127.0.0.1:{host.Port}";
            var request = new HttpRequestMessage(method, sidecar.At(form switch
            {
                "name" => $"/v1.0/invoke/shop/method/{path}",
                "url" => $"/v1.0/invoke/{url}/method/{path}",
                "escaped" => $"/v1.0/invoke/{Uri.EscapeDataString(url)}/method/{path}",
                "path" => path,
                _ => $"/{path}",
            }));
            request.Headers.Add("dapr-api-token", DaprToken);
            if (form is "header" or "url in header")
                request.Headers.Add("dapr-app-id", form == "header" ? "shop" : url);
            if (form == "basic")
                request.Headers.Add("Authorization", "Basic " + Convert.ToBase64String("dapr-app-id:shop"u8));
            return request;
        }

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await sidecar.DisposeAsync();
            await app.DisposeAsync();
            await host.DisposeAsync();
        }
    }
}
