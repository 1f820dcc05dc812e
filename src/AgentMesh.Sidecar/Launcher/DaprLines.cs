using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>The lines of <c>dapr run --app-id</c> that tools wait for (cli: cmd/run.go). A run file has none of them.</summary>
/// <param name="console">Receives them.</param>
/// <param name="runFile">What is run.</param>
/// <param name="launches">Its processes.</param>
/// <param name="data">The data folder.</param>
internal sealed class DaprLines(TextWriter console, RunFile runFile, IReadOnlyList<AppLaunch> launches, string data)
{
    private bool _isUp;

    /// <summary>Put before each line of an app.</summary>
    public string PrefixOf(RunFileApp app) => runFile.IsCommandLine ? "== APP == " : $"== APP - {app.AppId} == ";

    /// <summary>Before the sidecar listens.</summary>
    public async Task StartingAsync()
    {
        if (!runFile.IsCommandLine) return;
        var sidecar = launches[0].Definition;
        await console.WriteLineAsync($"{sidecar.AppId} keeps its data in {data}");
        await console.WriteLineAsync($"Starting Dapr with id {sidecar.AppId}. HTTP Port: {sidecar.DaprHttpPort}. gRPC Port: {sidecar.DaprGrpcPort}");
        if (runFile.Apps[0].Command.Count == 0) await console.WriteLineAsync("WARNING: no application command found.");
    }

    /// <summary>Once the sidecar listens.</summary>
    public async Task InitializedAsync(TimeSpan elapsed)
    {
        if (runFile.IsCommandLine) await console.WriteLineAsync($"dapr initialized. Status: Running. Init Elapsed {elapsed.TotalMilliseconds:0}ms");
    }

    /// <summary>Once the app is started, or there is none to start.</summary>
    public void Up()
    {
        if (!runFile.IsCommandLine || _isUp) return;
        _isUp = true;
        console.WriteLine(runFile.Apps[0].Command.Count == 0
            ? "You're up and running! Dapr logs will appear here."
            : "You're up and running! Both Dapr and your app logs will appear here.");
    }

    /// <summary>The app has ended by itself. Returns the exit code of the run.</summary>
    public async Task<int> EndedAsync(int exitCode)
    {
        await console.WriteLineAsync(exitCode == 0 ? "Exited App successfully" : $"The App process exited with error code: {exitCode}");
        return exitCode == 0 ? 0 : 1;
    }
}
