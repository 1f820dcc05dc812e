using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.Resources;
using AgentMesh.Sidecar.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentMesh.Sidecar.Tests.Launcher;

public sealed class SupervisorTests : IAsyncLifetime
{
    private readonly ConsoleRecorder _console = new();
    private readonly PortReservations _ports = new(Random.Shared);
    private readonly ConcurrentQueue<(int ProcessId, long At)> _started = new();
    private readonly ConcurrentQueue<int> _ended = new();
    private readonly ConcurrentQueue<string> _changes = new();
    private Supervisor? _supervisor;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_FollowsTheRunFile_AndCompletesWhenAllAreHealthy()
    {
        var supervisor = Create(App("agents", actors: true), App("gateway"));
        await supervisor.StartAsync(Cancel);
        Assert.All(supervisor.Apps, app => Assert.NotNull(app.HealthyProcessId));
        Assert.Equal(supervisor.Apps.Select(app => app.HealthyProcessId!.Value), _started.Select(start => start.ProcessId));
        Assert.Equal("agents gateway", _changes.Last());
        Assert.Contains(_console.Lines, line => line.StartsWith("== APP - agents == listening agents", StringComparison.Ordinal));
    }

    [Fact]
    public async Task KilledProcess_IsDisconnected_AndStartedAgainWithinTwoSeconds()
    {
        var supervisor = Create(App("agents", actors: true), App("gateway"));
        await supervisor.StartAsync(Cancel);
        var first = supervisor.Apps[0].HealthyProcessId!.Value;

        var killed = Stopwatch.GetTimestamp();
        KillNow(first);
        var disconnected = await _console.WaitForAsync("disconnected agents");
        await _console.WaitForAsync("agents is healthy", disconnected);

        var second = _started.Last();
        Assert.NotEqual(first, second.ProcessId);
        Assert.InRange(Stopwatch.GetElapsedTime(killed, second.At), TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Equal(second.ProcessId, supervisor.Apps[0].HealthyProcessId);
        Assert.Equal([first], _ended);
        // Absent while it was dead, back afterwards.
        Assert.Equal(["gateway", "agents gateway"], _changes.TakeLast(2));
    }

    [Fact]
    public async Task NoRestart_LeavesADeadProcessDead_AndTheOthersRunning()
    {
        var supervisor = Create(options => options with { NoRestart = true }, App("agents", actors: true), App("gateway"));
        await supervisor.StartAsync(Cancel);
        KillNow(supervisor.Apps[0].HealthyProcessId!.Value);
        await supervisor.Apps[0].Ended.WaitAsync(Cancel);
        Assert.Null(supervisor.Apps[0].HealthyProcessId);
        Assert.NotNull(supervisor.Apps[1].HealthyProcessId);
        Assert.Equal(2, _started.Count);
        Assert.Equal("gateway", _changes.Last());
    }

    [Theory]
    [InlineData(false, RestartPolicy.DeathsThatFailTheStart)]
    [InlineData(true, 1)]
    public async Task AppThatNeverGetsHealthy_FailsTheStartWithItsLastWords(bool noRestart, int starts)
    {
        var supervisor = Create(options => options with { NoRestart = noRestart }, App("agents", mode: "crash"));
        var failed = await Assert.ThrowsAsync<LauncherException>(() => supervisor.StartAsync(Cancel));
        Assert.Equal($"agents does not start: process {_started.Last().ProcessId} ended with exit code 3; its last words:\nagents cannot go on", failed.Message);
        Assert.Equal(starts, _started.Count);
    }

    [Fact]
    public async Task ProgramThatIsNotThere_FailsTheStartAtOnce()
    {
        var launch = App("agents");
        var supervisor = Create(launch with { App = launch.App with { Command = ["no-such-program-anywhere"] } });
        var failed = await Assert.ThrowsAsync<LauncherException>(() => supervisor.StartAsync(Cancel));
        Assert.Contains("'no-such-program-anywhere' cannot be started", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_EndsAppsWithoutActorsFirst_LastFirst_ThenDrains_ThenTheRest()
    {
        var supervisor = Create(App("agents", actors: true), App("payments", actors: true), App("facilitator"), App("gateway"));
        await supervisor.StartAsync(Cancel);
        var watch = Stopwatch.StartNew();
        await supervisor.StopAsync(CancellationToken.None);

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.All(supervisor.Apps, app => Assert.True(app.Ended.IsCompletedSuccessfully));
        Assert.Equal(4, _started.Count);
        Assert.Equal(_started.Select(start => start.ProcessId).Order(), _ended.Order());
        // Within a wave the processes end side by side.
        var order = _console.Lines.Where(line => line == "drained" || line.StartsWith("disconnected", StringComparison.Ordinal)).ToList();
        Assert.Equal(["disconnected facilitator", "disconnected gateway"], order.Take(2).Order());
        Assert.Equal("drained", order[2]);
        Assert.Equal(["disconnected agents", "disconnected payments"], order.Skip(3).Order());
    }

    [Fact]
    public async Task ProcessDeafToSigterm_IsKilled_WithinTenSeconds()
    {
        var supervisor = Create(App("gateway", mode: "deaf"), App("agents", actors: true));
        await supervisor.StartAsync(Cancel);
        var watch = Stopwatch.StartNew();
        await supervisor.StopAsync(CancellationToken.None);
        Assert.InRange(watch.Elapsed, Supervisor.FirstWave, TimeSpan.FromSeconds(10));
        Assert.All(supervisor.Apps, app => Assert.True(app.Ended.IsCompletedSuccessfully));
        Assert.Contains("== APP - gateway == SIGTERM gateway", _console.Lines);
    }

    [Fact]
    public async Task SecondRequest_KillsAtOnce()
    {
        var supervisor = Create(App("gateway", mode: "deaf"), App("agents", actors: true, mode: "deaf"));
        await supervisor.StartAsync(Cancel);
        using var forced = new CancellationTokenSource();
        var watch = Stopwatch.StartNew();
        var stopping = supervisor.StopAsync(forced.Token);
        await _console.WaitForAsync("SIGTERM gateway");
        await forced.CancelAsync();
        await stopping;
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Supervisor.FirstWave);
        Assert.All(supervisor.Apps, app => Assert.True(app.Ended.IsCompletedSuccessfully));
        Assert.DoesNotContain("drained", _console.Lines);
    }

    [Fact]
    public async Task StopDuringTheStart_EndsWhatWasStarted()
    {
        var supervisor = Create(App("agents", actors: true), App("gateway", mode: "deaf"));
        using var stop = new CancellationTokenSource();
        var starting = supervisor.StartAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);
        using var forced = new CancellationTokenSource();
        await forced.CancelAsync();
        await supervisor.StopAsync(forced.Token);
        Assert.Equal(_started.Select(start => start.ProcessId).Order(), _ended.Order());
    }

    [Fact]
    public async Task ProcessThatCtrlCEndedToo_IsNotStartedAgain()
    {
        using var stopping = new CancellationTokenSource();
        var supervisor = Create(options => options with { Stopping = stopping.Token }, App("agents", actors: true));
        await supervisor.StartAsync(Cancel);
        await stopping.CancelAsync();
        KillNow(supervisor.Apps[0].HealthyProcessId!.Value);
        await supervisor.Apps[0].Ended.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        Assert.Single(_started);
    }

    [Fact]
    public async Task AppWithoutCommand_IsServedAndNeverStarted()
    {
        var launch = App("debugged");
        using var mine = StubProcess.Start("debugged", launch.Definition.AppPort, _console);
        var supervisor = Create(launch with { App = launch.App with { Command = [] } });
        await supervisor.StartAsync(Cancel);
        Assert.Equal(mine.Id, supervisor.Apps[0].HealthyProcessId);
        await supervisor.StopAsync(CancellationToken.None);
        Assert.Empty(_started);
        Assert.False(mine.Exited.IsCompleted);
        mine.KillTree();
        await mine.Exited;
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        using var forced = new CancellationTokenSource();
        await forced.CancelAsync();
        if (_supervisor is not null) await _supervisor.StopAsync(forced.Token);
        _supervisor?.Dispose();
        _ports.Dispose();
        _console.Dispose();
    }

    private static void KillNow(int processId)
    {
        using var process = Process.GetProcessById(processId);
        process.Kill();
    }

    private Supervisor Create(params AppLaunch[] launches) => Create(options => options, launches);

    private Supervisor Create(Func<SupervisorOptions, SupervisorOptions> change, params AppLaunch[] launches) =>
        _supervisor = new Supervisor(launches, change(new SupervisorOptions
        {
            Connections = new FakeConnections(_console),
            Console = _console,
            OutputOf = _ => _console.WriteLine,
            Logger = NullLogger.Instance,
            TimeProvider = TimeProvider.System,
            ProcessStarted = (processId, _) => _started.Enqueue((processId, Stopwatch.GetTimestamp())),
            ProcessEnded = _ended.Enqueue,
            Changed = () => _changes.Enqueue(string.Join(
                ' ', _supervisor!.Apps.Where(app => app.HealthyProcessId is not null).Select(app => app.Launch.Name))),
        }));

    private AppLaunch App(string appId, bool actors = false, string mode = "")
    {
        var port = _ports.TakeFree();
        _ports.Release(port);
        var environment = new Dictionary<string, string>(AppEnvironment.Ours())
        {
            ["APP_ID"] = appId,
            ["APP_PORT"] = port.ToString(CultureInfo.InvariantCulture),
            ["STUB_MODE"] = mode,
        };
        return new AppLaunch(
            new RunFileApp(appId, AppContext.BaseDirectory) { AppPort = port, Command = StubProcess.Command },
            new AppDefinition(appId, 0, port, port + 1, port + 2) { ActorStateStore = actors ? "statestore" : null },
            environment);
    }
}
