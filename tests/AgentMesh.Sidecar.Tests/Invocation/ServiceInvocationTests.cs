using System.Net;
using AgentMesh.Sidecar.Resiliency;
using AgentMesh.Sidecar.Tests.Runtime;

namespace AgentMesh.Sidecar.Tests.Invocation;

public sealed class ServiceInvocationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Invoke_PassesEverythingThrough_WithTheHeadersDaprdAdds()
    {
        await using var from = await StubApp.StartAsync("{}");
        await using var to = await StubApp.StartAsync("{}");
        to.Handler = (context, _) =>
        {
            context.Response.StatusCode = 418;
            context.Response.Headers["X-Answer"] = "yes";
            return context.Response.WriteAsync("short and stout");
        };
        await using var sidecar = await StartAsync(from, to, appToken: "app-token");

        using var content = new StringContent("body");
        using var answer = await sidecar.Client.PostAsync(sidecar.At("//v1.0/invoke/to/method/a%2Fb/c?x=1&y=%20"), content, Token);

        Assert.Equal((HttpStatusCode)418, answer.StatusCode);
        Assert.Equal("yes", answer.Headers.GetValues("X-Answer").Single());
        Assert.Equal("short and stout", await answer.Content.ReadAsStringAsync(Token));
        var call = to.Requests.Last();
        Assert.Equal(("POST", "/a/b/c?x=1&y=%20", "body"), (call.Method, call.Path, call.Body));
        Assert.Equal("from", call.Headers["dapr-caller-app-id"]);
        Assert.Equal("to", call.Headers["dapr-callee-app-id"]);
        Assert.Equal("app-token", call.Headers["dapr-api-token"]);
        Assert.True(call.Headers.ContainsKey("X-Forwarded-For"));
    }

    [Fact]
    public async Task Invoke_ByHeader_TakesThePathAsTheMethod()
    {
        await using var from = await StubApp.StartAsync("{}");
        await using var to = await StubApp.StartAsync("{}");
        await using var sidecar = await StartAsync(from, to);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/orders/1");
        request.Headers.Add("dapr-app-id", "to");
        using var answer = await sidecar.Client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("/orders/1", to.Requests.Last().Path);
    }

    [Fact]
    public async Task Invoke_OfItself_AddsNoCallerHeaders()
    {
        await using var from = await StubApp.StartAsync("{}");
        await using var to = await StubApp.StartAsync("{}");
        await using var sidecar = await StartAsync(from, to);
        using var answer = await sidecar.Client.GetAsync("/v1.0/invoke/from/method/x", Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(from.Requests.Last().Headers.ContainsKey("X-Forwarded-For"));
    }

    [Fact]
    public async Task Invoke_StreamsEventsAsTheyCome()
    {
        await using var from = await StubApp.StartAsync("{}");
        await using var to = await StubApp.StartAsync("{}");
        var next = new SemaphoreSlim(0);
        to.Handler = async (context, _) =>
        {
            context.Response.ContentType = "text/event-stream";
            for (var n = 0; n < 3; n++)
            {
                await context.Response.WriteAsync($"data: {n}\n\n", Token);
                await context.Response.Body.FlushAsync(Token);
                await next.WaitAsync(Token);
            }
        };
        await using var sidecar = await StartAsync(from, to);

        using var answer = await sidecar.Client.GetAsync("/v1.0/invoke/to/method/events", HttpCompletionOption.ResponseHeadersRead, Token);
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
    public async Task Invoke_BeforeTheOwnAppIsConnected_IsNotReady()
    {
        await using var from = await StubApp.StartAsync("{}");
        await using var sidecar = await SidecarHarness.StartAsync([SidecarHarness.Define("from", from.Port)]);
        using var answer = await sidecar.Client.GetAsync("/v1.0/invoke/from/method/x", Token);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("invoke API is not ready", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_OfAnUnknownApp_GivesUpAfterTheBuiltInRetries()
    {
        await using var from = await StubApp.StartAsync("{}");
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var sidecar = await SidecarHarness.StartAsync([SidecarHarness.Define("from", from.Port)], timeProvider: time);
        await sidecar.ConnectAsync();
        var call = sidecar.Client.GetAsync("/v1.0/invoke/nobody/method/x", Token);
        while (!call.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(call, Task.Delay(10, Token));
        }

        using var answer = await call;
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("failed to invoke, id: nobody, err: couldn't find service: nobody", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 3, HttpStatusCode.OK)]
    [InlineData(false, 1, HttpStatusCode.ServiceUnavailable)]
    public async Task Invoke_StatusIsTriedAgain_OnlyByAPolicyOfTheUsersOwn(bool hasPolicy, int calls, HttpStatusCode status)
    {
        await using var from = await StubApp.StartAsync("{}");
        await using var to = await StubApp.StartAsync("{}");
        to.Handler = (context, _) =>
        {
            context.Response.StatusCode = to.Requests.Count(request => request.Path == "/x") < 3 ? 503 : 200;
            return Task.CompletedTask;
        };
        var policy = new TargetPolicy(null, hasPolicy ? new RetryPolicy(false, TimeSpan.Zero, TimeSpan.Zero, 5, null) : null, null);
        var resiliency = new ResiliencyResource("r") { Apps = new Dictionary<string, TargetPolicy> { ["to"] = policy } };
        await using var sidecar = await SidecarHarness.StartAsync(
            [SidecarHarness.Define("from", from.Port) with { Resiliency = [resiliency] }, SidecarHarness.Define("to", to.Port)]);
        await sidecar.ConnectAsync(0);
        await sidecar.ConnectAsync(1);
        using var answer = await sidecar.Client.GetAsync("/v1.0/invoke/to/method/x", Token);
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(calls, to.Requests.Count(request => request.Path == "/x"));
    }

    private static async Task<SidecarHarness> StartAsync(StubApp from, StubApp to, string? appToken = null)
    {
        var sidecar = await SidecarHarness.StartAsync([SidecarHarness.Define("from", from.Port), SidecarHarness.Define("to", to.Port)], appToken: appToken);
        await sidecar.ConnectAsync(0);
        await sidecar.ConnectAsync(1);
        return sidecar;
    }
}
