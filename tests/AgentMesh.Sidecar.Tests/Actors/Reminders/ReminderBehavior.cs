using System.Collections.Concurrent;
using AgentMesh.Sidecar.Actors;
using AgentMesh.Sidecar.Actors.Reminders;
using AgentMesh.Sidecar.State;
using AgentMesh.Sidecar.Tests.Runtime;

namespace AgentMesh.Sidecar.Tests.Actors.Reminders;

/// <summary>What reminders do on every store, in real time: each wait is for a signal of the app.</summary>
public abstract class ReminderBehavior
{
    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected abstract Task<IStateStore> OpenAsync();

    [Fact]
    public async Task Fires_WithItsData_AndOnceOnly()
    {
        await using var store = await OpenAsync();
        await using var app = await ReminderApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(app.App, store: store);
        await RegisterAsync(sidecar, "1", "a:b.c", """{"dueTime":"10ms","data":{"k":1.50}}""");
        await app.NextAsync();
        await RegisterAsync(sidecar, "1", "bare", """{"dueTime":"0s","data":null}""");
        await app.NextAsync();

        var calls = app.App.Calls("PUT").ToList();
        Assert.Equal(
            [("/actors/T/1/method/remind/a:b.c", """{"data":{"k":1.50},"dueTime":"","period":""}"""), ("/actors/T/1/method/remind/bare", """{"dueTime":"","period":""}""")],
            calls.Select(call => (call.Path, call.Body)));
        Assert.All(calls, call => Assert.False(call.Headers.ContainsKey("Dapr-Reentrancy-Id")));
        Assert.StartsWith("application/json", calls[0].Headers["Content-Type"], StringComparison.Ordinal);
        await GoneAsync(store, "1", "bare");
    }

    [Fact]
    public async Task Repetitions_AreCountedExactly_AndKeptOverARestartWithoutAGoodbye()
    {
        await using var store = await OpenAsync();
        await using var app = await ReminderApp.StartAsync();
        await using (var sidecar = await SidecarHarness.StartAsync(app.App, store: store))
        {
            await RegisterAsync(sidecar, "1", "r", """{"period":"R3/PT1S","dueTime":"0s"}""");
            await app.NextAsync();
            // The progress is stored after the answer.
            await UntilAsync(async () => (await RemindersOf(store).GetAsync(new ActorRef("T", "1"), "r", Token))!.Fired == 1);
        }

        await using var second = await SidecarHarness.StartAsync(app.App, store: store);
        await app.NextAsync();
        await app.NextAsync();
        await GoneAsync(store, "1", "r");
        Assert.Equal(3, app.App.Calls("PUT").Count());
    }

    [Fact]
    public async Task TicksMissedWhileNobodyRan_AreCaughtUpOneAfterTheOther()
    {
        await using var store = await OpenAsync();
        var reminders = RemindersOf(store);
        var first = DateTimeOffset.UtcNow - TimeSpan.FromSeconds(60);
        await reminders.SaveAsync(NewReminder("1", "r", first, TimeSpan.FromSeconds(1), expires: first + TimeSpan.FromSeconds(40)), true, Token);

        await using var app = await ReminderApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(app.App, store: store);
        await GoneAsync(store, "1", "r");
        // From the first second to the fortieth, both included.
        Assert.Equal(41, app.App.Calls("PUT").Count());
        Assert.Equal(1, app.MostAtOnce);
    }

    [Theory]
    [InlineData("""{"dueTime":"0s","failure_policy":{"constant":{"interval":"10ms","max_retries":2}}}""", 3)]
    [InlineData("""{"dueTime":"0s","failure_policy":{"drop":{}}}""", 1)]
    public async Task Failure_IsTriedAgainAsThePolicySays_AndThenAOneShotIsLost(string body, int tries)
    {
        await using var store = await OpenAsync();
        await using var app = await ReminderApp.StartAsync();
        app.Status = _ => 500;
        await using var sidecar = await SidecarHarness.StartAsync(app.App, store: store);
        await RegisterAsync(sidecar, "1", "r", body);
        await GoneAsync(store, "1", "r");
        Assert.Equal(tries, app.App.Calls("PUT").Count());
    }

    [Fact]
    public async Task Failure_OfOneTick_DoesNotEndTheSeries()
    {
        await using var store = await OpenAsync();
        await using var app = await ReminderApp.StartAsync();
        app.Status = call => call <= 2 ? 500 : 200;
        await using var sidecar = await SidecarHarness.StartAsync(app.App, store: store);
        await RegisterAsync(sidecar, "1", "r", """{"dueTime":"0s","period":"R2/PT1S","failure_policy":{"constant":{"interval":"10ms","max_retries":1}}}""");
        await GoneAsync(store, "1", "r");
        Assert.Equal(3, app.App.Calls("PUT").Count());
    }

    [Fact]
    public async Task CancelHeader_EndsTheSeries()
    {
        await using var store = await OpenAsync();
        await using var app = await ReminderApp.StartAsync();
        app.Cancel = true;
        await using var sidecar = await SidecarHarness.StartAsync(app.App, store: store);
        await RegisterAsync(sidecar, "1", "r", """{"dueTime":"0s","period":"10ms"}""");
        await GoneAsync(store, "1", "r");
        Assert.Single(app.App.Calls("PUT"));
    }

    [Fact]
    public async Task RegisteredAgainWhileItFires_TheNewOneCounts()
    {
        await using var store = await OpenAsync();
        await using var app = await ReminderApp.StartAsync();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Hold = release.Task;
        await using var sidecar = await SidecarHarness.StartAsync(app.App, store: store);
        await RegisterAsync(sidecar, "1", "r", """{"dueTime":"0s","period":"1h","data":1}""");
        await app.NextAsync();
        await RegisterAsync(sidecar, "1", "r", """{"dueTime":"0s","data":2}""");
        app.Hold = Task.CompletedTask;
        release.SetResult();
        await app.NextAsync();
        await GoneAsync(store, "1", "r");
        Assert.Equal(["1", "2"], app.App.Calls("PUT").Select(call => call.Body[8..9]));
    }

    [Fact]
    public async Task DeletedWhileItFires_StaysDeleted()
    {
        await using var store = await OpenAsync();
        await using var app = await ReminderApp.StartAsync();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Hold = release.Task;
        await using var sidecar = await SidecarHarness.StartAsync(app.App, store: store);
        await RegisterAsync(sidecar, "1", "r", """{"dueTime":"0s","period":"10ms"}""");
        await app.NextAsync();
        await ReminderApiTests.SendAsync(sidecar, "DELETE", "/v1.0/actors/T/1/reminders/r");
        release.SetResult();
        await RegisterAsync(sidecar, "1", "other", """{"dueTime":"50ms"}""");
        await app.NextAsync();
        Assert.Equal(["r", "other"], app.App.Calls("PUT").Select(call => call.Path.Split('/')[^1]));
        Assert.Null(await RemindersOf(store).GetAsync(new ActorRef("T", "1"), "r", Token));
    }

    [Fact]
    public async Task DeletedBehindTheSchedulersBack_IsNotFired()
    {
        await using var store = await OpenAsync();
        await using var app = await ReminderApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(app.App, store: store);
        await RegisterAsync(sidecar, "1", "r", """{"dueTime":"300ms"}""");
        // As another sidecar on the store does; so does a look at the store that began before a deletion and ends after it.
        await RemindersOf(store).DeleteAsync(new ActorRef("T", "1"), "r", Token);
        await RegisterAsync(sidecar, "1", "other", """{"dueTime":"400ms"}""");
        await app.NextAsync();
        Assert.Equal("other", Assert.Single(app.App.Calls("PUT")).Path.Split('/')[^1]);
    }

    [Fact]
    public async Task RegisteredAgainBehindTheSchedulersBack_TheNewOneCounts()
    {
        await using var store = await OpenAsync();
        await using var app = await ReminderApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(app.App, store: store);
        await RegisterAsync(sidecar, "1", "r", """{"dueTime":"300ms","data":1}""");
        await RemindersOf(store).SaveAsync(NewReminder("1", "r", DateTimeOffset.UtcNow, revision: long.MaxValue) with { Data = "2" }, true, Token);
        await app.NextAsync();
        await GoneAsync(store, "1", "r");
        Assert.Equal("""{"data":2,"dueTime":"","period":""}""", Assert.Single(app.App.Calls("PUT")).Body);
    }

    [Fact]
    public async Task WithoutAHost_ItWaits()
    {
        await using var store = await OpenAsync();
        await using var app = await ReminderApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(app.App, store: store);
        await RegisterAsync(sidecar, "1", "r", """{"dueTime":"300ms"}""");
        await sidecar.DisconnectAsync();
        await Task.Delay(TimeSpan.FromMilliseconds(500), Token);
        Assert.Empty(app.App.Calls("PUT"));
        await sidecar.ConnectAsync();
        await app.NextAsync();
    }

    [Fact]
    public async Task OneActorsReminders_ComeOneAfterTheOther_ThoseOfManySideBySide()
    {
        await using var store = await OpenAsync();
        await using var app = await ReminderApp.StartAsync();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Hold = release.Task;
        await using var sidecar = await SidecarHarness.StartAsync(app.App, store: store);
        foreach (var name in (string[])["a", "b", "c"])
            await RegisterAsync(sidecar, "same", name, """{"dueTime":"0s"}""");
        await app.NextAsync();
        for (var i = 0; i < 20; i++)
            await RegisterAsync(sidecar, $"{i}", "r", """{"dueTime":"0s"}""");
        for (var i = 0; i < 20; i++)
            await app.NextAsync();
        Assert.Single(app.App.Calls("PUT"), call => call.Path.StartsWith("/actors/T/same/", StringComparison.Ordinal));
        release.SetResult();
        await app.NextAsync();
        await app.NextAsync();
    }

    [Fact]
    public async Task TenThousand_DueEvenlyOverTenSeconds_AllFire()
    {
        const int Count = 10_000;
        await using var store = await OpenAsync();
        var reminders = RemindersOf(store);
        // Most of the ten seconds are over when they are read, the rest is waited for: catching up and keeping pace in one.
        var start = DateTimeOffset.UtcNow - TimeSpan.FromSeconds(7);
        await Parallel.ForAsync(0, Count, new ParallelOptions { MaxDegreeOfParallelism = 256, CancellationToken = Token }, async (i, token) =>
            await reminders.SaveAsync(NewReminder($"{i}", "r", start + TimeSpan.FromMilliseconds(i)), true, token));

        await using var app = await ReminderApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(app.App, store: store);
        for (var i = 0; i < Count; i++)
            await app.NextAsync();
        await UntilAsync(async () => (await reminders.LoadPageAsync("T", DateTimeOffset.MaxValue, 0, 1, Token)).Count == 0);
        Assert.Equal(Count, app.App.Calls("PUT").Select(call => call.Path).Distinct().Count());
        Assert.Equal(Count, app.App.Calls("PUT").Count());
    }

    private protected static Reminder NewReminder(string id, string name, DateTimeOffset due, TimeSpan? period = null, DateTimeOffset? expires = null, long revision = 1) => new()
    {
        Type = "T",
        Id = id,
        Name = name,
        Revision = revision,
        Schedule = new ReminderSchedule(due, period, null, expires),
        Due = due,
    };

    private protected static IReminderStore RemindersOf(IStateStore store) => store.OpenReminders("default", "test")!;

    private protected static async Task RegisterAsync(SidecarHarness sidecar, string id, string name, string body)
    {
        var (status, answer) = await ReminderApiTests.SendAsync(sidecar, "PUT", $"/v1.0/actors/T/{id}/reminders/{name}", body);
        Assert.True(status == System.Net.HttpStatusCode.NoContent, answer);
    }

    private protected static Task GoneAsync(IStateStore store, string id, string name) =>
        UntilAsync(async () => await RemindersOf(store).GetAsync(new ActorRef("T", id), name, Token) is null);

    // The store gives no signal of a write; the test's own timeout ends the wait.
    private protected static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
            await Task.Delay(TimeSpan.FromMilliseconds(5), Token);
    }

    /// <summary>An app that signals each tick.</summary>
    internal sealed class ReminderApp : IAsyncDisposable
    {
        private readonly SemaphoreSlim _ticks = new(0);
        private readonly ConcurrentDictionary<string, int> _inside = new();
        private int _calls;
        private int _mostAtOnce;

        private ReminderApp(StubApp app) => App = app;

        public StubApp App { get; }

        public Func<int, int> Status { get; set; } = _ => 200;

        public bool Cancel { get; set; }

        public Task Hold { get; set; } = Task.CompletedTask;

        /// <summary>Ticks of one actor at once.</summary>
        public int MostAtOnce => _mostAtOnce;

        public static async Task<ReminderApp> StartAsync()
        {
            var app = new ReminderApp(await StubApp.StartAsync());
            app.App.Handler = app.AnswerAsync;
            return app;
        }

        /// <summary>Completes with the next tick that has begun.</summary>
        public async Task NextAsync() => Assert.True(await _ticks.WaitAsync(TimeSpan.FromSeconds(30), Token), "no tick for 30 s");

        public async ValueTask DisposeAsync()
        {
            await App.DisposeAsync();
            _ticks.Dispose();
        }

        private async Task AnswerAsync(Microsoft.AspNetCore.Http.HttpContext context, string body)
        {
            var actor = context.Request.Path.Value!.Split('/')[3];
            if (context.Request.Method != "PUT")
                return;
            var inside = _inside.AddOrUpdate(actor, 1, (_, count) => count + 1);
            _mostAtOnce = Math.Max(_mostAtOnce, inside);
            context.Response.StatusCode = Status(Interlocked.Increment(ref _calls));
            if (Cancel)
                context.Response.Headers["X-DaprReminderCancel"] = "true";
            _ticks.Release();
            await Hold;
            _inside.AddOrUpdate(actor, 0, (_, count) => count - 1);
        }
    }
}
