using AgentMesh.EndToEnd;

namespace AgentMesh.CrashTest;

/// <summary>The probe app behind a real sidecar, and what it noted.</summary>
internal sealed class Probe : IAsyncDisposable
{
    private const string Token = "probe-token";

    private readonly string _journal;

    private Probe(Mesh mesh, string journal)
    {
        (Mesh, _journal) = (mesh, journal);
        Sidecar = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{mesh.Ready.Apps[0].DaprHttpPort}"), Timeout = TimeSpan.FromMinutes(1) };
        Sidecar.DefaultRequestHeaders.Add("dapr-api-token", Token);
    }

    public Mesh Mesh { get; }

    /// <summary>The Dapr port of the first process.</summary>
    public HttpClient Sidecar { get; }

    public IReadOnlyList<int> Pids => [.. Mesh.Ready.Apps.Select(app => app.Pid)];

    public static async Task<Probe> StartAsync(TestStore store, Uri? fence = null, int replicas = 1)
    {
        var journal = Path.Combine(store.Data, "journal");
        Directory.CreateDirectory(journal);
        List<string> options =
        [
            "--run-file", Path.Combine(Mesh.Root, "tests/AgentMesh.Testing.ProbeApp/dapr.yaml"), "--replicas", $"probe={replicas}",
            "--set", $"DAPR_API_TOKEN={Token}", "--set", $"PROBE_JOURNAL={journal}",
        ];
        if (fence is not null)
            options.AddRange(["--set", $"PROBE_FENCE={fence}"]);
        return new Probe(await Mesh.StartAsync(store.Data, store.Redis, options: [.. options]), journal);
    }

    /// <summary>SIGKILL; completes when the launcher's successor is healthy.</summary>
    public async Task KillAsync(int pid)
    {
        var count = Mesh.Ready.Apps.Count;
        Mesh.Kill(pid);
        await Mesh.WaitForReadyAsync(ready => ready.Apps.Count == count && ready.Apps.All(app => app.Pid != pid), TimeSpan.FromSeconds(60));
    }

    /// <summary>The journals' entries of a kind, in no order.</summary>
    public List<string> Noted(string kind) =>
    [
        .. from file in Directory.GetFiles(_journal)
           from line in ReadLines(file)
           let parts = line.Split('\t')
           where parts[0] == kind
           select parts[1],
    ];

    /// <summary>Completes when the journals are as wanted; false when they are not in time.</summary>
    public async Task<bool> WaitForAsync(Func<bool> wanted, TimeSpan timeout)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(timeout);
        using var watcher = new FileSystemWatcher(_journal);
        using var changed = new SemaphoreSlim(0);
        watcher.Changed += (_, _) => changed.Release();
        watcher.Created += (_, _) => changed.Release();
        watcher.EnableRaisingEvents = true;
        try
        {
            while (!wanted())
                await changed.WaitAsync(TimeSpan.FromSeconds(1), limit.Token);
            return true;
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Sidecar.Dispose();
        await Mesh.DisposeAsync();
    }

    // Shared with the writer, whose last line may be half there.
    private static string[] ReadLines(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split('\n')[..^1];
    }
}
