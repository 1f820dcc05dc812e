using System.Net;
using AgentMesh.Sidecar.Tests.Runtime;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Sidecar.Tests.Actors;

public sealed class ActorLifeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Idle_ForItsTimeout_IsDeactivated_AndABusyOneIsNot()
    {
        await using var app = await StubApp.StartAsync("""{"entities":["T"],"actorIdleTimeout":"10m"}""");
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var deactivated = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Handler = async (context, _) =>
        {
            if (context.Request.Method == "DELETE")
                deactivated.TrySetResult(context.Request.Path.Value!);
            if (context.Request.Path.Value!.Contains("/busy/", StringComparison.Ordinal))
            {
                entered.SetResult();
                await release.Task;
            }
        };
        var time = new FakeTimeProvider();
        await using var sidecar = await SidecarHarness.StartAsync(app, timeProvider: time);
        var busy = CallAsync(sidecar, "busy");
        await entered.Task;
        await CallAsync(sidecar, "idle");

        time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        Assert.False(deactivated.Task.IsCompleted);
        while (!deactivated.Task.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(15));
            await Task.WhenAny(deactivated.Task, Task.Delay(10, Token));
        }

        Assert.Equal("/actors/T/idle", await deactivated.Task);
        release.SetResult();
        await busy;
        Assert.DoesNotContain(app.Calls("DELETE"), call => call.Path == "/actors/T/busy");
    }

    [Fact]
    public async Task Drain_DeactivatesEveryActor_AndRefusesNewTurns()
    {
        await using var app = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(app);
        foreach (var id in Enumerable.Range(0, 50))
            await CallAsync(sidecar, $"{id}");

        await sidecar.Runtime.DrainActorsAsync(Token);

        Assert.Equal(50, app.Calls("DELETE").Select(call => call.Path).Distinct().Count());
        using var answer = await sidecar.Client.PutAsync("/v1.0/actors/T/1/method/Do", null, Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("ERR_ACTOR_RUNTIME_CLOSED", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drain_OutOfTime_Ends()
    {
        await using var app = await StubApp.StartAsync();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Handler = (_, _) =>
        {
            entered.TrySetResult();
            return release.Task;
        };
        await using var sidecar = await SidecarHarness.StartAsync(app);
        var call = CallAsync(sidecar, "1");
        await entered.Task;

        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await sidecar.Runtime.DrainActorsAsync(limit.Token);

        release.SetResult();
        await call;
    }

    [Fact]
    public async Task State_OfAnActorThatIsNotActive_CannotBeWritten()
    {
        await using var app = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(app);
        using var refused = await PutStateAsync(sidecar, "1");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("ERR_ACTOR_INSTANCE_MISSING", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);

        await CallAsync(sidecar, "1");
        using var accepted = await PutStateAsync(sidecar, "1");
        Assert.Equal(HttpStatusCode.NoContent, accepted.StatusCode);
        Assert.Equal("{\"a\":1}", System.Text.Encoding.UTF8.GetString(sidecar.Store.Values["app||T||1||k"]));

        using var read = await sidecar.Client.GetAsync(sidecar.At("//v1.0/actors/T/1/state/k"), Token);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        Assert.Equal("{\"a\":1}", await read.Content.ReadAsStringAsync(Token));
        using var missing = await sidecar.Client.GetAsync("/v1.0/actors/T/1/state/other", Token);
        Assert.Equal(HttpStatusCode.NoContent, missing.StatusCode);
    }

    [Fact]
    public async Task State_WhoseStoreFails_IsNotAcknowledged()
    {
        await using var app = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(app);
        await CallAsync(sidecar, "1");
        sidecar.Store.Failure = new IOException("disk full");

        using var write = await PutStateAsync(sidecar, "1");
        using var read = await sidecar.Client.GetAsync("/v1.0/actors/T/1/state/k", Token);

        Assert.Equal(HttpStatusCode.InternalServerError, write.StatusCode);
        Assert.Equal("""{"errorCode":"ERR_ACTOR_STATE_TRANSACTION_SAVE","message":"error saving actor transaction state: disk full"}""", await write.Content.ReadAsStringAsync(Token));
        Assert.Equal(HttpStatusCode.InternalServerError, read.StatusCode);
        Assert.Contains("ERR_ACTOR_STATE_GET", await read.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Death_OfTheProcess_EndsItsActors_AndItsLateWrites()
    {
        await using var app = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(app);
        await CallAsync(sidecar, "1");

        await sidecar.DisconnectAsync();
        using var late = await PutStateAsync(sidecar, "1");
        await sidecar.ConnectAsync();
        using var stillLate = await PutStateAsync(sidecar, "1");

        Assert.Equal(HttpStatusCode.BadRequest, late.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, stillLate.StatusCode);
        await CallAsync(sidecar, "1");
        using var now = await PutStateAsync(sidecar, "1");
        Assert.Equal(HttpStatusCode.NoContent, now.StatusCode);
    }

    [Fact]
    public async Task Replicas_ShareTheActors_AndAnActorMovesOnlyWhenItsHostChanges()
    {
        await using var one = await StubApp.StartAsync();
        await using var two = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync([SidecarHarness.Define("app", one.Port), SidecarHarness.Define("app", two.Port, replica: 1)]);
        await sidecar.ConnectAsync(0);
        var ids = Enumerable.Range(0, 40).Select(n => $"a{n}").ToList();
        foreach (var id in ids)
            await CallAsync(sidecar, id);
        Assert.Equal(40, one.Calls("PUT").Count());

        await sidecar.ConnectAsync(1);
        foreach (var id in ids)
            await CallAsync(sidecar, id);

        // Those that moved were deactivated in the first process before the second heard of them.
        var moved = two.Calls("PUT").Select(call => call.Path.Split('/')[3]).ToHashSet();
        Assert.InRange(moved.Count, 8, 32);
        Assert.Equal(moved, one.Calls("DELETE").Select(call => call.Path.Split('/')[3]).ToHashSet());

        await sidecar.DisconnectAsync(1);
        foreach (var id in ids)
            await CallAsync(sidecar, id);
        Assert.Equal(40 + (40 - moved.Count) + 40, one.Calls("PUT").Count());
    }

    [Fact]
    public async Task HostThatComes_GetsItsActors_AndARunningCallIsCutShortAfterTheDrainTime()
    {
        const string Config = """{"entities":["T"],"drainOngoingCallTimeout":"0h0m3s0ms"}""";
        await using var one = await StubApp.StartAsync(Config);
        await using var two = await StubApp.StartAsync(Config);
        var entered = new SemaphoreSlim(0);
        var left = new SemaphoreSlim(0);
        one.Handler = async (context, _) =>
        {
            if (context.Request.Method == "DELETE")
            {
                left.Release();
                return;
            }

            entered.Release();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        var time = new FakeTimeProvider();
        await using var sidecar = await SidecarHarness.StartAsync(
            [SidecarHarness.Define("app", one.Port), SidecarHarness.Define("app", two.Port, replica: 1)], timeProvider: time);
        await sidecar.ConnectAsync(0);
        var calls = Enumerable.Range(0, 8).Select(id => sidecar.Client.PutAsync($"/v1.0/actors/T/{id}/method/Do", null, Token)).ToList();
        foreach (var _ in calls)
            await entered.WaitAsync(Token);

        await sidecar.ConnectAsync(1);
        time.Advance(TimeSpan.FromSeconds(3) - TimeSpan.FromTicks(1));
        Assert.DoesNotContain(calls, call => call.IsCompleted);
        do
            time.Advance(TimeSpan.FromSeconds(1));
        while (!await left.WaitAsync(TimeSpan.FromMilliseconds(50), Token));

        var cut = await await Task.WhenAny(calls);
        Assert.Equal(HttpStatusCode.InternalServerError, cut.StatusCode);
        Assert.Contains("has left its process", await cut.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        // Those that stay are not disturbed.
        Assert.Contains(calls, call => !call.IsCompleted);
    }

    [Fact]
    public async Task Drain_CutsACallShortAfterTheDrainTime()
    {
        await using var app = await StubApp.StartAsync("""{"entities":["T"],"drainOngoingCallTimeout":"0h0m0s50ms"}""");
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Handler = async (context, _) =>
        {
            entered.TrySetResult();
            if (context.Request.Method == "PUT")
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        await using var sidecar = await SidecarHarness.StartAsync(app);
        var call = sidecar.Client.PutAsync("/v1.0/actors/T/1/method/Do", null, Token);
        await entered.Task;

        await sidecar.Runtime.DrainActorsAsync(Token);

        Assert.Equal(HttpStatusCode.InternalServerError, (await call).StatusCode);
        Assert.Single(app.Calls("DELETE"));
    }

    [Fact]
    public async Task ATypeThatNeedsNoStateStore_IsNotHosted()
    {
        await using var app = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync([SidecarHarness.Define("app", app.Port) with { ActorStateStore = null }]);
        await sidecar.ConnectAsync();
        using var answer = await sidecar.Client.GetAsync("/v1.0/actors/T/1/state/k", Token);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("ERR_ACTOR_RUNTIME_NOT_FOUND", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    private static async Task CallAsync(SidecarHarness sidecar, string id)
    {
        using var answer = await sidecar.Client.PutAsync($"/v1.0/actors/T/{id}/method/Do", null, Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<HttpResponseMessage> PutStateAsync(SidecarHarness sidecar, string id)
    {
        // The SDK sends the transaction as text/plain.
        using var content = new StringContent("""[{"operation":"upsert","request":{"key":"k","value":{"a":1}}}]""");
        return await sidecar.Client.PutAsync(sidecar.At($"//v1.0/actors/T/{id}/state"), content, Token);
    }
}
