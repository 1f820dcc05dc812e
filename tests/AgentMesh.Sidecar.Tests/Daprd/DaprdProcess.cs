using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using AgentMesh.Sidecar.Tests.Runtime;

namespace AgentMesh.Sidecar.Tests.Daprd;

/// <summary>A real <c>daprd</c> of ours, started with real flags.</summary>
internal sealed class DaprdProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource _initialized = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private DaprdProcess(Process process, int httpPort, int grpcPort)
    {
        (_process, HttpPort, GrpcPort) = (process, httpPort, grpcPort);
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{httpPort}"), Timeout = TimeSpan.FromSeconds(60) };
    }

    public static string Program { get; } = Path.Combine(SourceFolder(), "..", "..", "..", "src", "AgentMesh.Sidecar", "bin", Configuration, "net10.0", "daprd");

    public int HttpPort { get; }

    public int GrpcPort { get; }

    public int Id => _process.Id;

    public HttpClient Client { get; }

    public string Output => string.Join('\n', _output);

    /// <summary>The line that tools wait for was printed.</summary>
    public Task Initialized => InitializeAsync();

    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts it; does not wait for it.</summary>
    public static DaprdProcess Start(string appId, int? appPort, string? resources, IReadOnlyDictionary<string, string>? environment = null, params string[] flags)
    {
        var (http, grpc) = (TestPorts.Next(), TestPorts.Next());
        string[] arguments =
        [
            "--app-id", appId, .. appPort is { } port ? new[] { "--app-port", $"{port}" } : [], "--dapr-http-port", $"{http}", "--dapr-grpc-port", $"{grpc}",
            .. resources is null ? [] : new[] { "--resources-path", resources }, "--placement-host-address", "localhost:50005", "--metrics-port", "0", .. flags,
        ];
        var start = new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return new DaprdProcess(Process.Start(start)!, http, grpc);
    }

    public void Suspend() => Signal("STOP");

    public void Resume() => Signal("CONT");

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(Token);
    }

    /// <summary>SIGTERM; the exit code.</summary>
    public async Task<int> StopAsync()
    {
        Signal("TERM");
        return await ExitedAsync();
    }

    public async Task<int> ExitedAsync()
    {
        try
        {
            await _process.WaitForExitAsync(Token).WaitAsync(Patience, Token);
            return _process.ExitCode;
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"daprd did not end:\n{Output}");
        }
    }

    public Task<string> MetadataAsync() => Client.GetStringAsync("/v1.0/metadata", Token);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private static string SourceFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    private async Task InitializeAsync()
    {
        var task = _initialized.Task;
        var ended = _process.WaitForExitAsync(Token);
        try
        {
            if (await Task.WhenAny(task, ended).WaitAsync(Patience, Token) == ended && !task.IsCompleted)
                throw new InvalidOperationException($"daprd ended with {_process.ExitCode}:\n{Output}");
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"daprd did not start:\n{Output}");
        }
    }

    private void Note(string? line)
    {
        if (line is null)
            return;
        _output.Enqueue(line);
        if (line.Contains("dapr initialized. Status: Running.", StringComparison.Ordinal))
            _initialized.TrySetResult();
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }
}
