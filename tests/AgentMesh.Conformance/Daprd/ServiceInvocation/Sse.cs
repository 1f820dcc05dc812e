using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Daprd.ServiceInvocation;

/// <summary>dapr: daprd/serviceinvocation/http/sse.go, streaming. Events pass one by one, not when the app has finished.</summary>
public sealed class Sse(Meshes meshes)
{
    [Theory]
    [OnEveryTarget]
    public async Task Events_ArriveAsTheyAreWritten(Target target)
    {
        var mesh = await meshes.SharedAsync(target);
        var wanted = new SemaphoreSlim(0);
        mesh.Peer.Raw.Route("/events").Handler = async (context, request) =>
        {
            context.Response.ContentType = "text/event-stream";
            for (var number = 0; number < 3; number++)
            {
                await context.Response.WriteAsync($"data: {number}\n\n", request.Aborted);
                await context.Response.Body.FlushAsync(request.Aborted);
                // The next one is written only when this one has arrived.
                await wanted.WaitAsync(request.Aborted);
            }
        };
        using var request = mesh.App.Request("GET", "/v1.0/invoke/peer/method/events", headers: ("Accept", "text/event-stream"));
        using var response = await mesh.App.SendAsync(request);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        for (var number = 0; number < 3; number++)
        {
            var line = reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask();
            Assert.Equal($"data: {number}", await line.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
            await reader.ReadLineAsync(TestContext.Current.CancellationToken);
            wanted.Release();
        }

        Assert.Null(await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [OnEveryTarget]
    public async Task Caller_ThatLeaves_IsGoneForTheApp(Target target)
    {
        var mesh = await meshes.SharedAsync(target);
        var route = mesh.Peer.Raw.Route("/endless");
        route.Handler = async (context, request) =>
        {
            await context.Response.WriteAsync("data: first\n\n", request.Aborted);
            await context.Response.Body.FlushAsync(request.Aborted);
            await Task.Delay(Timeout.Infinite, request.Aborted);
        };
        using var request = mesh.App.Request("GET", "/v1.0/invoke/peer/method/endless", headers: ("Accept", "text/event-stream"));
        using (var response = await mesh.App.SendAsync(request))
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
            Assert.Equal("data: first", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        }

        await (await route.NextAsync()).WaitForAbortAsync();
    }

    [Theory]
    [OnEveryTarget]
    public async Task RequestBody_WithoutALength_Streams(Target target)
    {
        var mesh = await meshes.SharedAsync(target);
        var route = mesh.Peer.Raw.Route("/upload");
        using var request = mesh.App.Request("POST", "/v1.0/invoke/peer/method/upload", new StringContent(new string('z', 100_000)));
        request.Headers.TransferEncodingChunked = true;
        using var response = await mesh.App.SendAsync(request);
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(100_000, (await route.NextAsync()).Body.Length);
    }
}
