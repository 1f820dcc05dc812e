using System.Globalization;
using System.Net;
using AgentMesh.Sidecar.Channel;
using AgentMesh.Sidecar.Launcher;

namespace AgentMesh.Sidecar.Daprd;

/// <summary>The sidecar process of one app process. The two are a pair: when one dies the other is started again with it.</summary>
/// <param name="launch">The app process.</param>
/// <param name="layout">What all sidecars share.</param>
/// <param name="lost">Called when the sidecar has died by itself: the app has to end too.</param>
internal sealed partial class DaprdChild(AppLaunch launch, DaprdLayout layout, Action lost) : IAsyncDisposable
{
    private static readonly TimeSpan HealthPoll = TimeSpan.FromMilliseconds(50);

    /// <summary>For a sidecar without its app to leave the registry.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    private readonly ILogger _logger = layout.Logger;
    private readonly HttpClient _client = new() { BaseAddress = new Uri($"http://127.0.0.1:{launch.Definition.DaprHttpPort}") };
    private readonly Lock _gate = new();
    private ChildProcess? _process;
    private ChildProcess? _servesApp;
    private ChildProcess? _replaced;
    private bool _isEnding;
    private bool _hadItsTime;
    private Task _running = Task.CompletedTask;

    public AppLaunch Launch => launch;

    /// <summary>Starts the first process.</summary>
    /// <exception cref="LauncherException">It cannot be started, or ends before it listens.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var process = TryStart()!;
        _running = RunAsync(process);
        var listening = AwaitAsync("/v1.0/healthz/outbound", cancellationToken);
        if (await Task.WhenAny(listening, process.Exited) != listening)
        {
            await process.FinishOutputAsync(layout.TimeProvider);
            throw new LauncherException($"the sidecar of {launch.Name} does not start; its last words:\n{string.Join('\n', process.LastLines)}");
        }

        await listening;
    }

    /// <summary>The app's process was started: completes when its sidecar has taken it, and has been told what it belongs to.</summary>
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            _servesApp = _process;
        await AwaitAsync("/v1.0/healthz", cancellationToken);
        var (appLog, daprdLog) = layout.LogsOf(launch.Definition.AppId);
        foreach (var (key, value) in ((string, string)[])
        [
            ("cliPID", Text(Environment.ProcessId)), ("appPID", Text(PortOwner.Find(launch.Definition.AppPort)?.ProcessId ?? 0)),
            ("appCommand", string.Join(' ', launch.App.Command)), ("runTemplatePath", layout.RunFile.Path ?? ""),
            ("runTemplateName", layout.RunFile.Path is { } file ? Path.GetFileName(file) : ""), ("appLogPath", appLog), ("daprdLogPath", daprdLog),
        ])
        {
            if (value.Length == 0)
                continue;
            using var content = new StringContent(value);
            using var answer = await SendAsync(HttpMethod.Put, $"/v1.0/metadata/{key}", content, cancellationToken);
            answer.EnsureSuccessStatusCode();
        }
    }

    /// <summary>The app's process is gone: its sidecar ends too, and the next one is started with the next app.</summary>
    public async Task ReplaceAsync()
    {
        ChildProcess? process;
        lock (_gate)
        {
            // One that has died with the app, or before, is being replaced already.
            if (_isEnding || layout.NoRestart || layout.Stopping.IsCancellationRequested || _process is null || _process != _servesApp)
                return;
            process = _replaced = _process;
        }

        await EndAsync(process);
    }

    /// <summary>Asks the process to end, and lets it drain its actors; no other is started.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (StopStarting() is not { } process)
            return;
        _hadItsTime = true;
        process.Terminate();
        await process.Exited.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (StopStarting() is { } process)
            await EndAsync(process);
        await _running;
        _client.Dispose();
    }

    private ChildProcess? StopStarting()
    {
        lock (_gate)
        {
            _isEnding = true;
            return _process;
        }
    }

    private async Task EndAsync(ChildProcess process)
    {
        process.Terminate();
        await ((Task)process.Exited).WaitAsync(_hadItsTime ? TimeSpan.Zero : Patience, layout.TimeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        process.KillTree();
        await process.Exited;
    }

    private async Task RunAsync(ChildProcess? process)
    {
        var deaths = 0;
        while (process is not null)
        {
            var started = layout.TimeProvider.GetTimestamp();
            var exitCode = await process.Exited;
            layout.ProcessEnded(process.Id);
            await process.FinishOutputAsync(layout.TimeProvider);
            bool byItself;
            lock (_gate)
            {
                byItself = _replaced != process;
                _process = null;
                process.Dispose();
                if (_isEnding)
                    return;
            }

            if (byItself)
            {
                LogDead(launch.Name, exitCode);
                lost();
            }

            if (layout.NoRestart)
                return;
            deaths = byItself && layout.TimeProvider.GetElapsedTime(started) < RestartPolicy.QuickDeath ? deaths + 1 : 1;
            if (deaths > 1 || byItself)
                await Task.Delay(RestartPolicy.Delay(deaths), layout.TimeProvider, layout.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            process = TryStart();
        }
    }

    private ChildProcess? TryStart()
    {
        lock (_gate)
        {
            if (_isEnding || layout.Stopping.IsCancellationRequested)
                return null;
            var pump = new LinePump($"== DAPRD - {launch.Name} == ", layout.OutputOf(launch.App));
            _process = ChildProcess.Start([layout.Program, .. DaprdArguments.Of(launch)], layout.Folder, layout.Environment, pump);
            layout.ProcessStarted(_process.Id, DaprdCommand.Name);
            return _process;
        }
    }

    private async Task AwaitAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                using var answer = await SendAsync(HttpMethod.Get, path, null, cancellationToken);
                if (answer.StatusCode == HttpStatusCode.NoContent)
                    return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(HealthPoll, layout.TimeProvider, cancellationToken);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (layout.DaprApiToken is { } token)
            request.Headers.TryAddWithoutValidation(ForwardedHeaders.DaprApiToken, token);
        return await _client.SendAsync(request, cancellationToken);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [LoggerMessage(LogLevel.Warning, "The sidecar of {App} ended with exit code {ExitCode}; it and the app are started again")]
    private partial void LogDead(string app, int exitCode);
}
