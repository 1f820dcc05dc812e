using System.Diagnostics;
using System.Text.Json;
using AgentMesh.Sidecar.Launcher;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentMesh.Sidecar.Tests.Launcher;

/// <summary>A whole run with the real sidecar and real processes; only the folders are the test's own.</summary>
public sealed class MeshRunTests : IDisposable
{
    private readonly TestTree _folder = new();
    private readonly ConsoleRecorder _console = new();
    private readonly StopRequest _stop = new();

    private string ReadyFile => _folder.At("out/ready.json");

    [Fact]
    public async Task Run_FromStartToStop()
    {
        WriteRunFile();
        _folder.Write("out/ready.json", "stale");
        var run = RunAsync(new RunOptions
        {
            FreePorts = true,
            ReadyFile = ReadyFile,
            Replicas = new Dictionary<string, int> { ["gateway"] = 2 },
            Set = new Dictionary<string, string> { ["SET"] = "from the command line" },
        });
        var ready = await _console.WaitForAsync("ready: ");

        using var first = JsonDocument.Parse(await File.ReadAllTextAsync(ReadyFile, TestContext.Current.CancellationToken));
        var gateways = first.RootElement.GetProperty("gateways").EnumerateArray().Select(gateway => gateway.GetString()!).ToList();
        var agents = first.RootElement.GetProperty("apps")[0];
        Assert.Equal(["agents", "gateway", "gateway"], first.RootElement.GetProperty("apps").EnumerateArray().Select(app => app.GetProperty("id").GetString()));
        Assert.Equal(gateways[0], first.RootElement.GetProperty("gateway").GetString());
        Assert.Contains(gateways[0], _console.Lines[ready - 1], StringComparison.Ordinal);
        Assert.Equal(Environment.ProcessId, first.RootElement.GetProperty("sidecarPid").GetInt32());
        Assert.Contains(_console.Lines, line => line.StartsWith("statestore (state.redis): served by the embedded SQLite store", StringComparison.Ordinal));

        using var client = new HttpClient();
        var dashboard = first.RootElement.GetProperty("dashboard").GetString()!;
        Assert.Contains($"dashboard: {dashboard}", _console.Lines);
        using (var shown = JsonDocument.Parse(await client.GetStringAsync($"{dashboard}/api/mesh", TestContext.Current.CancellationToken)))
            Assert.All(shown.RootElement.GetProperty("processes").EnumerateArray(), process => Assert.Equal("healthy", process.GetProperty("state").GetString()));

        Assert.Equal("from the command line", await client.GetStringAsync($"{gateways[1]}/env/SET", TestContext.Current.CancellationToken));
        Assert.Equal("from the run file", await client.GetStringAsync($"{gateways[1]}/env/FILE", TestContext.Current.CancellationToken));

        // A process dies: it comes back at the same port, with another pid.
        using (var victim = Process.GetProcessById(agents.GetProperty("pid").GetInt32())) victim.Kill();
        await _console.WaitForAsync("agents is healthy", ready);
        using var second = JsonDocument.Parse(await File.ReadAllTextAsync(ReadyFile, TestContext.Current.CancellationToken));
        var successor = second.RootElement.GetProperty("apps")[0];
        Assert.Equal(agents.GetProperty("appPort").GetInt32(), successor.GetProperty("appPort").GetInt32());
        Assert.NotEqual(agents.GetProperty("pid").GetInt32(), successor.GetProperty("pid").GetInt32());

        var watch = Stopwatch.StartNew();
        _stop.Request();
        Assert.Equal(0, await run);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.False(File.Exists(ReadyFile));
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task FailedStart_StopsWhatItStarted()
    {
        WriteRunFile(gatewayMode: "crash");
        var failed = await Assert.ThrowsAsync<LauncherException>(() => RunAsync(new RunOptions { FreePorts = true, ReadyFile = ReadyFile }));
        Assert.StartsWith("gateway does not start", failed.Message, StringComparison.Ordinal);
        AssertNothingIsLeft();
        Assert.False(File.Exists(ReadyFile));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task StartRefusedByTheLock_KeepsTheReadyFileOfARunningMesh_Only(bool running)
    {
        WriteRunFile();
        using var ports = new PortReservations(Random.Shared);
        var port = ports.TakeFree();
        ports.Release(port);
        using var sidecar = StubProcess.Start("sidecar", port, _console);
        if (!running) sidecar.KillTree();
        if (!running) await sidecar.Exited;
        _folder.Write("out/ready.json", $$"""{"sidecarPid":{{sidecar.Id}}}""");
        using var held = OpenData();
        await Assert.ThrowsAsync<LauncherException>(() => RunAsync(new RunOptions { ReadyFile = ReadyFile }));
        Assert.Equal(running, File.Exists(ReadyFile));
        sidecar.KillTree();
    }

    [Fact]
    public async Task StopBeforeTheStart_IsNoError()
    {
        WriteRunFile();
        _stop.Request();
        Assert.Equal(0, await RunAsync(new RunOptions { FreePorts = true }));
        AssertNothingIsLeft();
    }

    public void Dispose()
    {
        _folder.Dispose();
        _console.Dispose();
        _stop.Dispose();
    }

    private void WriteRunFile(string gatewayMode = "")
    {
        _folder.Folder("apps");
        _folder.Write("components/store.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: { name: statestore }
            spec: { type: state.redis, metadata: [{ name: actorStateStore, value: "true" }] }
            scopes: [agents]
            """);
        var command = $"[{string.Join(", ", StubProcess.Command.Select(word => $"\"{word}\""))}]";
        _folder.Write("dapr/dapr.yaml", $$"""
            version: 1
            common:
              resourcesPaths: [../components]
              enableAppHealthCheck: true
              env: { FILE: from the run file, SET: from the run file }
            apps:
            - appID: agents
              appDirPath: ../apps
              appPort: 8081
              command: {{command}}
            - appID: gateway
              appDirPath: ../apps
              appPort: 8080
              env: { STUB_MODE: "{{gatewayMode}}" }
              command: {{command}}
            """);
    }

    private Task<int> RunAsync(RunOptions options) => new MeshRun(options, Parts()).RunAsync(_stop);

    private DataFolder OpenData() => DataFolder.Open(_folder.At(".agentmesh"), TimeProvider.System, NullLogger.Instance);

    // No process is listed, and the lock is free.
    private void AssertNothingIsLeft()
    {
        using var data = OpenData();
        Assert.Empty(data.Processes.Processes);
    }

    private ProgramParts Parts() => new()
    {
        Console = _console,
        TimeProvider = TimeProvider.System,
        Environment = AppEnvironment.Ours(),
        CurrentFolder = _folder.Path,
        ProgramFolder = _folder.Path,
        Home = _folder.Path,
        Random = Random.Shared,
        RandomBytes = count => new byte[count],
    };
}
