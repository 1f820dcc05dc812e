using System.Diagnostics;
using System.Text.Json;

namespace AgentMesh.Bench;

/// <summary>The built mesh as its users start it, in a folder of its own.</summary>
internal sealed class Mesh : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(3);

    private readonly Process _sidecar;

    private Mesh(Process sidecar, Uri gateway, IReadOnlyDictionary<string, int> processes, string store, TimeSpan startTime)
    {
        _sidecar = sidecar;
        Gateway = gateway;
        Processes = processes;
        Store = store;
        StartTime = startTime;
    }

    public Uri Gateway { get; }

    /// <summary>Process ids by app id, and <c>sidecar</c>.</summary>
    public IReadOnlyDictionary<string, int> Processes { get; }

    public string Store { get; }

    /// <summary>From starting the process to all apps healthy.</summary>
    public TimeSpan StartTime { get; }

    /// <summary>CPU seconds of every process of the mesh, by name.</summary>
    public IReadOnlyDictionary<string, CpuTime> Cpu() => Processes.ToDictionary(process => process.Key, process => ProcessUsage.Cpu(process.Value));

    public static async Task<Mesh> StartAsync(string root, string data, string? redis, CancellationToken cancellationToken)
    {
        var ready = Path.Combine(data, "ready.json");
        Directory.CreateDirectory(data);
        File.Delete(ready);
        var dll = Path.Combine(root, "src/AgentMesh.Sidecar/bin/Release/net10.0/AgentMesh.Sidecar.dll");
        List<string> arguments = [dll, "run", "--data", data, "--free-ports", "--ready-file", ready, "--set", "AgentMesh__RateLimit__Enabled=false"];
        if (redis is not null)
            arguments.AddRange(["--redis", redis]);
        var started = Stopwatch.GetTimestamp();
        var sidecar = Process.Start(new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = root, RedirectStandardOutput = true, RedirectStandardError = true })!;
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
        var processes = document.RootElement.GetProperty("apps").EnumerateArray()
            .ToDictionary(app => app.GetProperty("id").GetString()!, app => app.GetProperty("pid").GetInt32());
        processes["sidecar"] = document.RootElement.GetProperty("sidecarPid").GetInt32();
        return new Mesh(sidecar, new Uri(document.RootElement.GetProperty("gateway").GetString()!), processes,
            document.RootElement.GetProperty("store").GetString()!, startTime);
    }

    public async ValueTask DisposeAsync()
    {
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
