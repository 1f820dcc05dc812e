using System.Diagnostics;
using System.Globalization;
using System.Net;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;
using AgentMesh.CrashKit.Chaos;

namespace AgentMesh.Cli.CrashTesting.Running;

/// <summary>A mesh of its own, started by the launcher's own command: a data folder of its own, free ports, several agents and gateways.</summary>
/// <param name="options">How.</param>
/// <param name="settings">Of the apps, <c>KEY=VALUE</c>, which the scenario wants.</param>
/// <param name="parts">The clock.</param>
internal sealed class OwnMesh(OwnMeshOptions options, IReadOnlyList<string> settings, CliParts parts) : IMeshUnderTest
{
    private const string ClockRole = "clock";
    private const string NoRateLimit = "AgentMesh__RateLimit__Enabled=false";

    /// <summary>The first start builds the apps.</summary>
    private static readonly TimeSpan FirstStart = TimeSpan.FromMinutes(10);

    /// <summary>Nothing that was killed or paused is away for longer, on a machine with much else to do.</summary>
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly string _folder = Directory.CreateTempSubdirectory("agentmesh-crash-").FullName;
    private readonly string _appToken = parts.NewKey();
    private readonly HashSet<int> _stopped = [];
    private MovableClock? _clock;
    private RedisProcess? _redis;
    private ChildProcess? _launcher;
    private MeshProcesses? _processes;
    private Uri? _facilitator;
    private int _whole;
    private bool _isKept;

    /// <inheritdoc/>
    public GatewayPlace Place { get; private set; } = new(MeshPlace.Default.Gateway, null, null);

    /// <inheritdoc/>
    public IReadOnlyList<DnsEndPoint> Gateways => Processes?.Gateways ?? [];

    /// <inheritdoc/>
    // Where it was, while it is not there: whoever asks it gets no answer, as of any other process that is being started.
    public Uri? Facilitator => _facilitator = Processes?.AddressOf("facilitator") ?? _facilitator;

    /// <inheritdoc/>
    public TimeSpan ClockOffset => _clock?.Offset ?? TimeSpan.Zero;

    /// <inheritdoc/>
    public bool IsThrownAway => true;

    private string ReadyFile => Path.Combine(_folder, "ready.json");

    // What it said last is still true of those that live while the file is replaced.
    private MeshProcesses? Processes => _processes = MeshProcesses.TryRead(ReadyFile) ?? _processes;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.OnRedis)
        {
            _redis = new RedisProcess(_folder, parts.TimeProvider);
            await _redis.StartAsync(cancellationToken);
        }

        _clock = options.ClockJumps ? new MovableClock(_folder) : null;
        Launch();
        await WaitAsync(_ => true, FirstStart, cancellationToken);
        _whole = Processes!.Apps.Count;
        Place = Place with { Gateway = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Gateways[0].Port}")) };
    }

    /// <inheritdoc/>
    public IReadOnlyList<ChaosTarget> TargetsOf(IReadOnlyCollection<string> roles)
    {
        ChaosTarget[] all =
        [
            new("agents", [ChaosKind.Kill, ChaosKind.Kill, ChaosKind.Pause], 5, TimeSpan.FromSeconds(1)),
            new("gateway", [ChaosKind.Kill, ChaosKind.Pause], 3, TimeSpan.FromSeconds(1)),
            new("payments", [ChaosKind.Kill, ChaosKind.Pause], 3, TimeSpan.FromSeconds(1)),
            new("facilitator", [ChaosKind.Kill, ChaosKind.Pause], 2, TimeSpan.FromSeconds(1)),
            // Often: only a payment that is being settled meets one, and a run of seconds has few.
            new("facilitator", [ChaosKind.Fault], 8, TimeSpan.Zero),
            new("sidecar", [ChaosKind.Kill, ChaosKind.Pause], 2, TimeSpan.FromSeconds(5)),
            new("store", [ChaosKind.Kill], 2, TimeSpan.FromSeconds(2)),
            new("network", [ChaosKind.Cut, ChaosKind.Cut, ChaosKind.Slow], 3, TimeSpan.Zero),
            new(ClockRole, [ChaosKind.Jump], 2, TimeSpan.Zero),
        ];
        // All scenarios have a clock; without a store of its own there is none to be killed.
        return [.. all.Where(target => target.Role == ClockRole ? options.ClockJumps : roles.Contains(target.Role) && (target.Role != "store" || options.OnRedis))];
    }

    /// <inheritdoc/>
    public async Task<string?> BreakAsync(ChaosStep step, CancellationToken cancellationToken)
    {
        if (step.Kind == ChaosKind.Jump)
        {
            _clock!.Move(step.By);
            return string.Create(CultureInfo.InvariantCulture, $"the clock jumped by {step.By.TotalSeconds:0.0} s, and is {_clock.Offset.TotalSeconds:0.0} s from this machine's");
        }

        if (step.Kind == ChaosKind.Fault)
        {
            var faults = FacilitatorFaults.Of(step.Pick);
            return Facilitator is { } place && await FacilitatorFaults.ScriptAsync(place, _appToken, faults, cancellationToken) ? $"the facilitator's next: {string.Join(", ", faults)}" : null;
        }

        if (step is { Role: "store", Kind: ChaosKind.Kill })
        {
            await _redis!.KillAsync();
            await _redis.StartAsync(cancellationToken);
            return "SIGKILL of the store, and started again";
        }

        if (step is { Role: "sidecar", Kind: ChaosKind.Kill })
        {
            await RestartAsync(cancellationToken);
            return "SIGKILL of the sidecar, which had the store, and everything started again";
        }

        int[] pids = step.Role == "sidecar" ? [_launcher!.Pid] : [.. (Processes?.Apps ?? []).Where(app => app.Id == step.Role && Signals.IsAlive(app.Pid)).Select(app => app.Pid)];
        if (pids.Length == 0)
            return null;
        var pid = pids[step.Pick % pids.Length];
        return step.Kind == ChaosKind.Kill ? Signals.Kill(pid) ? $"SIGKILL of {step.Role} {pid}" : null : await PauseAsync(step, pid, cancellationToken);
    }

    /// <inheritdoc/>
    public Task HealAsync(CancellationToken cancellationToken) => WaitAsync(processes => processes.Apps.Count == _whole, Recovery, cancellationToken);

    /// <inheritdoc/>
    public Task ForgetAsync(CancellationToken cancellationToken) => RestartAsync(cancellationToken);

    /// <inheritdoc/>
    public string Keep()
    {
        _isKept = true;
        return _folder;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pid in _stopped)
            await Signals.ContinueAsync(pid);
        var left = Processes?.Apps ?? [];
        if (_launcher is not null)
            await _launcher.StopAsync(LastWords, parts.TimeProvider);
        // Of a launcher that was killed they are still there.
        foreach (var app in left)
            Signals.Kill(app.Pid);
        _launcher?.Dispose();
        if (_redis is not null)
        {
            await _redis.StopAsync();
            _redis.Dispose();
        }

        if (!_isKept)
            Directory.Delete(_folder, recursive: true);
    }

    // The next launcher ends what this one leaves behind before it starts anything.
    private async Task RestartAsync(CancellationToken cancellationToken)
    {
        await _launcher!.KillAsync();
        File.Delete(ReadyFile);
        Launch("--no-build");
        await WaitAsync(processes => processes.Apps.Count == _whole, Recovery, cancellationToken);
    }

    private async Task<string?> PauseAsync(ChaosStep step, int pid, CancellationToken cancellationToken)
    {
        if (!await Signals.StopAsync(pid, cancellationToken))
            return null;
        _stopped.Add(pid);
        await Task.Delay(step.For, parts.TimeProvider, cancellationToken);
        await Signals.ContinueAsync(pid);
        _stopped.Remove(pid);
        return string.Create(CultureInfo.InvariantCulture, $"SIGSTOP of {step.Role} {pid} for {step.For.TotalSeconds:0.0} s");
    }

    private void Launch(params string[] more)
    {
        string[] arguments =
        [
            options.Launcher, "run", "--data", Path.Combine(_folder, "data"), "--free-ports", "--ready-file", ReadyFile,
            "--replicas", string.Create(CultureInfo.InvariantCulture, $"agents={options.Replicas},gateway={options.Replicas}"),
            .. options.RunFile is { } file ? ["--run-file", file] : Array.Empty<string>(),
            .. _redis is { } redis ? ["--redis", redis.Endpoint] : Array.Empty<string>(),
            .. settings.Concat(options.Settings).Prepend(NoRateLimit).SelectMany(setting => (string[])["--set", setting]),
            .. more,
        ];
        _launcher?.Dispose();
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = options.Root };
        // The facilitator takes its faults from whoever has it, as from its sidecar.
        start.Environment["APP_API_TOKEN"] = _appToken;
        _clock?.Rule(start);
        _launcher = ChildProcess.Start(start, Path.Combine(_folder, "mesh.log"));
    }

    private async Task WaitAsync(Func<MeshProcesses, bool> wanted, TimeSpan patience, CancellationToken cancellationToken)
    {
        var begun = parts.TimeProvider.GetTimestamp();
        while (MeshProcesses.TryRead(ReadyFile) is not { } processes || !wanted(processes))
        {
            if (_launcher!.HasExited || parts.TimeProvider.GetElapsedTime(begun) > patience)
                throw new CliException($"the mesh {(_launcher.HasExited ? "has ended" : $"does not work {patience.TotalSeconds:0} s after it was broken or started")}. Its last words:\n{_launcher.LastWords}");
            await Task.Delay(Look, parts.TimeProvider, cancellationToken);
        }
    }
}
