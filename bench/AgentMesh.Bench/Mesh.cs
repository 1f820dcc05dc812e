using System.Diagnostics;
using System.Text.Json;

namespace AgentMesh.Bench;

/// <summary>The built mesh, or the probe, as its users start it, in a folder of its own.</summary>
internal sealed class Mesh : ILoaded, IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(3);

    private readonly Process _sidecar;

    private Mesh(Process sidecar) => _sidecar = sidecar;

    /// <summary>What callers of the Dapr ports have to show.</summary>
    public static string DaprToken { get; } = Guid.NewGuid().ToString("N");

    public required Uri Gateway { get; init; }

    /// <summary>Process ids by app id, and <c>sidecar</c>.</summary>
    public required IReadOnlyDictionary<string, int> Processes { get; init; }

    /// <summary>Dapr HTTP ports by app id.</summary>
    public required IReadOnlyDictionary<string, int> DaprPorts { get; init; }

    /// <summary>The apps' own ports by app id.</summary>
    public required IReadOnlyDictionary<string, int> AppPorts { get; init; }

    public required string Store { get; init; }

    /// <summary>From starting the process to all apps healthy.</summary>
    public required TimeSpan StartTime { get; init; }

    /// <summary>CPU seconds of every process of the mesh, by name.</summary>
    public IReadOnlyDictionary<string, CpuTime> Cpu() => Processes.ToDictionary(process => process.Key, process => ProcessUsage.Cpu(process.Value));

    public static Task<Mesh> StartAsync(string root, string data, string? redis, CancellationToken cancellationToken, params string[] options) =>
        StartAsync(root, data, redis, new Dictionary<string, string>(), cancellationToken, options);

    /// <summary>The same with more in its environment, which its apps have too.</summary>
    public static async Task<Mesh> StartAsync(
        string root, string data, string? redis, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken, params string[] options)
    {
        var ready = Path.Combine(data, "ready.json");
        Directory.CreateDirectory(data);
        File.Delete(ready);
        var dll = Path.Combine(root, "src/AgentMesh.Sidecar/bin/Release/net10.0/AgentMesh.Sidecar.dll");
        List<string> arguments = [dll, "run", "--data", data, "--free-ports", "--ready-file", ready, "--set", "AgentMesh__RateLimit__Enabled=false", "--set", "AgentMesh__Wallets__StartingUsdc=0", .. options];
        if (redis is not null)
            arguments.AddRange(["--redis", redis]);
        var started = Stopwatch.GetTimestamp();
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = root, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DAPR_API_TOKEN"] = DaprToken;
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var sidecar = Process.Start(start)!;
        var lines = new List<string>();
        sidecar.OutputDataReceived += (_, line) => Keep(lines, line.Data);
        sidecar.ErrorDataReceived += (_, line) => Keep(lines, line.Data);
        sidecar.BeginOutputReadLine();
        sidecar.BeginErrorReadLine();

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartTimeout);
        while (!File.Exists(ready))
        {
            if (sidecar.HasExited)
                throw new InvalidOperationException("The mesh did not start:\n" + string.Join('\n', lines));
            await Task.Delay(5, limit.Token);
        }

        var startTime = Stopwatch.GetElapsedTime(started);
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(ready, cancellationToken));
        var apps = document.RootElement.GetProperty("apps").EnumerateArray().ToDictionary(app => app.GetProperty("id").GetString()!);
        var processes = apps.ToDictionary(app => app.Key, app => app.Value.GetProperty("pid").GetInt32());
        processes["sidecar"] = document.RootElement.GetProperty("sidecarPid").GetInt32();
        return new Mesh(sidecar)
        {
            Gateway = new Uri(document.RootElement.GetProperty("gateway").GetString()!),
            Processes = processes,
            DaprPorts = apps.ToDictionary(app => app.Key, app => app.Value.GetProperty("daprHttpPort").GetInt32()),
            AppPorts = apps.ToDictionary(app => app.Key, app => app.Value.GetProperty("appPort").GetInt32()),
            Store = document.RootElement.GetProperty("store").GetString()!,
            StartTime = startTime,
        };
    }

    /// <summary>Waits until no actor of an app is active, as the Dapr metadata of its sidecar counts them.</summary>
    /// <returns>How many are still active when <paramref name="patience"/> is over; else 0.</returns>
    public async Task<int> WaitForNoActorsAsync(string app, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("dapr-api-token", DaprToken);
        var until = Stopwatch.GetTimestamp() + (long)(patience.TotalSeconds * Stopwatch.Frequency);
        while (true)
        {
            var text = await http.GetStringAsync(new Uri($"http://127.0.0.1:{DaprPorts[app]}/v1.0/metadata"), cancellationToken);
            using var metadata = JsonDocument.Parse(text);
            var active = metadata.RootElement.GetProperty("actorRuntime").TryGetProperty("activeActors", out var types)
                ? types.EnumerateArray().Sum(type => type.GetProperty("count").GetInt32())
                : 0;
            if (active == 0 || Stopwatch.GetTimestamp() > until)
                return active;
            await Task.Delay(100, cancellationToken);
        }
    }

    /// <summary>SIGKILL of the sidecar. Its apps are left behind; the next start on the same folder ends them.</summary>
    public async Task KillSidecarAsync(CancellationToken cancellationToken)
    {
        _sidecar.Kill();
        await _sidecar.WaitForExitAsync(cancellationToken);
    }

    /// <summary>Ends what a SIGKILL of the sidecar left behind, when no next start will.</summary>
    public void KillApps()
    {
        foreach (var pid in Processes.Values.Where(pid => pid != _sidecar.Id))
        {
            using var app = Process.GetProcessById(pid);
            app.Kill();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_sidecar.HasExited)
        {
            _sidecar.Dispose();
            return;
        }

        using (var stop = Process.Start("kill", ["-TERM", $"{_sidecar.Id}"]))
            await stop.WaitForExitAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        try
        {
            await _sidecar.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("The sidecar did not stop within 15 s; killing it.");
            _sidecar.Kill(entireProcessTree: true);
        }

        _sidecar.Dispose();
    }

    private static void Keep(List<string> lines, string? line)
    {
        const int Kept = 50;
        lock (lines)
        {
            if (line is not null)
                lines.Add(line);
            if (lines.Count > Kept)
                lines.RemoveAt(0);
        }
    }
}
