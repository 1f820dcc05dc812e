using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Resources;
using AgentMesh.Sidecar.Tests.StateApi;

namespace AgentMesh.Sidecar.Tests.Runtime;

/// <summary>What the options of one app change in its sidecar.</summary>
public sealed class AppOptionsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MaxConcurrency_LimitsInvocations_ActorCalls_AndNothingElse()
    {
        const int Limit = 2;
        var (inside, most) = (0, 0);
        var full = new TaskCompletionSource();
        var open = new TaskCompletionSource();
        await using var app = await StubApp.StartAsync();
        app.Handler = async (_, _) =>
        {
            var now = Interlocked.Increment(ref inside);
            InterlockedMax(ref most, now);
            if (now == Limit) full.TrySetResult();
            await open.Task;
            Interlocked.Decrement(ref inside);
        };
        await using var sidecar = await SidecarHarness.StartAsync([SidecarHarness.Define("app", app.Port) with { MaxConcurrency = Limit }]);
        await sidecar.ConnectAsync();

        var calls = Enumerable.Range(0, 6).Select(number => number % 2 == 0
            ? sidecar.Client.PutAsync($"/v1.0/actors/T/{number}/method/Do", null, Token)
            : sidecar.Client.PostAsync("/v1.0/invoke/app/method/do", null, Token)).ToList();
        await full.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
        using (var health = await sidecar.Client.GetAsync("/v1.0/healthz", Token))
            Assert.Equal(HttpStatusCode.NoContent, health.StatusCode);
        open.SetResult();
        foreach (var call in calls)
        {
            using var answer = await call;
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal(Limit, most);
        using var metadata = JsonDocument.Parse(await sidecar.Client.GetStringAsync("/v1.0/metadata", Token));
        Assert.Equal(Limit, metadata.RootElement.GetProperty("appConnectionProperties").GetProperty("maxConcurrency").GetInt32());
    }

    [Fact]
    public async Task ListenAddresses_TakeThePlaceOfLoopback()
    {
        // 127.0.0.2 is this machine too, on Linux without being set up.
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs all of 127.0.0.0/8");
        await using var app = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync([SidecarHarness.Define("app", app.Port) with { ListenAddresses = [IPAddress.Parse("127.0.0.2")] }]);
        await sidecar.ConnectAsync();
        var port = sidecar.Apps[0].DaprHttpPort;
        using var client = new HttpClient();
        using (var answer = await client.GetAsync($"http://127.0.0.2:{port}/v1.0/healthz", Token))
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        using var elsewhere = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => elsewhere.ConnectAsync(IPAddress.Loopback, port, Token).AsTask());
    }

    [Fact]
    public async Task GrpcApp_IsHealthyByItsPort_AskedForNothing_AndNotCalled()
    {
        await using var app = await StubApp.StartAsync();
        await using var caller = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(
            [SidecarHarness.Define("grpc", app.Port) with { Protocol = "grpc", Health = new("/healthz", TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1), 3) },
             SidecarHarness.Define("caller", caller.Port)]);
        await sidecar.ConnectAsync();
        await sidecar.ConnectAsync(1);
        Assert.Empty(app.Requests);
        using var refused = await sidecar.Client.PostAsync("/v1.0/invoke/grpc/method/do", null, Token);
        Assert.Equal(HttpStatusCode.InternalServerError, refused.StatusCode);
        Assert.Contains("grpc speaks gRPC", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        // What it may do is call.
        using var answer = await sidecar.Client.PostAsync("/v1.0/invoke/caller/method/do", null, Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(app.Requests);
    }

    [Fact]
    public async Task AppThatDoesNotListen_UsesItsSidecarAtOnce()
    {
        await using var app = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync([SidecarHarness.Define("worker", 0), SidecarHarness.Define("app", app.Port)]);
        await sidecar.ConnectAsync(1);
        using (var health = await sidecar.Client.GetAsync("/v1.0/healthz", Token))
            Assert.Equal(HttpStatusCode.NoContent, health.StatusCode);
        using var answer = await sidecar.Client.PostAsync("/v1.0/invoke/app/method/do", null, Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task ApiLog_NamesTheCallAndItsAnswer_WhereItIsAskedFor()
    {
        var log = new LogList<ApiLog>();
        var context = new DefaultHttpContext { Request = { Method = "GET", Path = "/v1.0/metadata" }, Response = { StatusCode = 204 } };
        var app = SidecarHarness.Define("app", 1);
        await new ApiLog(log, "HTTP").RunAsync(context, app, 0, (_, _) => Task.CompletedTask);
        Assert.Empty(log.Messages);
        await new ApiLog(log, "HTTP").RunAsync(context, app with { LogApiCalls = true }, 0, (_, _) => Task.CompletedTask);
        Assert.Equal(["Information: HTTP API Called: GET /v1.0/metadata of app: 204"], log.Messages);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Redis)]
    public async Task ActorState_WithTheFeature_EndsAfterItsTime_AndStaysWithoutOne(StoreKind kind)
    {
        await using var store = await RealStore.OpenAsync(kind);
        await using var app = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync([SidecarHarness.Define("app", app.Port) with { Configuration = AppConfiguration.None with { Features = ["ActorStateTTL"] } }], store: store.Store);
        await sidecar.ConnectAsync();
        using (await sidecar.Client.PutAsync("/v1.0/actors/T/1/method/Do", null, Token))
        {
        }

        await WriteAsync("""
            [{"operation":"upsert","request":{"key":"mortal","value":1,"metadata":{"ttlInSeconds":"1"}}},
             {"operation":"upsert","request":{"key":"later","value":2,"metadata":{"ttlInSeconds":"600"}}},
             {"operation":"upsert","request":{"key":"kept","value":3,"metadata":{"ttlInSeconds":"1"}}},
             {"operation":"upsert","request":{"key":"plain","value":4}}]
            """, HttpStatusCode.NoContent);
        // Redis: HSET keeps an expiry, and only a time to live of 0 or less takes it away.
        await WriteAsync("""
            [{"operation":"upsert","request":{"key":"kept","value":5,"metadata":{"ttlInSeconds":"-1"}}},
             {"operation":"upsert","request":{"key":"mortal","value":6}}]
            """, HttpStatusCode.NoContent);
        Assert.Equal("6", await ReadAsync("mortal"));
        while (await ReadAsync("mortal") != "")
            await Task.Delay(50, Token);
        Assert.Equal(("2", "5", "4"), (await ReadAsync("later"), await ReadAsync("kept"), await ReadAsync("plain")));

        // What is written over an ended value does not inherit its end.
        await WriteAsync("""[{"operation":"upsert","request":{"key":"mortal","value":7}}]""", HttpStatusCode.NoContent);
        Assert.Equal("7", await ReadAsync("mortal"));
        Assert.Contains("is not a number of seconds", await WriteAsync(
            """[{"operation":"upsert","request":{"key":"k","value":1,"metadata":{"ttlInSeconds":"soon"}}}]""", HttpStatusCode.InternalServerError), StringComparison.Ordinal);

        async Task<string> WriteAsync(string body, HttpStatusCode expected)
        {
            using var answer = await sidecar.Client.PostAsync("/v1.0/actors/T/1/state", new StringContent(body), Token);
            Assert.Equal(expected, answer.StatusCode);
            return await answer.Content.ReadAsStringAsync(Token);
        }

        Task<string> ReadAsync(string key) => sidecar.Client.GetStringAsync($"/v1.0/actors/T/1/state/{key}", Token);
    }

    [Fact]
    public async Task ActorState_WrittenOverAnEndedValue_AfterTheFeatureWasSwitchedOff_IsThere()
    {
        await using var store = await RealStore.OpenAsync(StoreKind.Sqlite);
        await store.Store.TransactAsync([new("k", "1"u8.ToArray()) { Rules = new(TtlSeconds: 1) }], Token);
        while (await store.Store.GetAsync("k", Token) is not null)
            await Task.Delay(50, Token);
        await store.Store.TransactAsync([new("k", "2"u8.ToArray())], Token);
        Assert.Equal("2"u8.ToArray(), (await store.Store.GetAsync("k", Token))!.Value.Value);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = target; seen < value; seen = target)
            Interlocked.CompareExchange(ref target, value, seen);
    }
}
