using System.Globalization;
using System.Reflection;
using System.Text;

namespace AgentMesh.Conformance.Targets;

/// <summary>
/// The local sidecar: its executable with a run file whose apps have no command, so that it serves them and waits for them. One process
/// for all apps. CONFORMANCE_SIDECAR names another executable than the one that was built beside the tests.
/// </summary>
internal sealed class LocalSidecar(SidecarPlan plan) : ISidecars
{
    private ServerProcess? _process;

    /// <summary>The program that takes daprd's flags; it stands beside the sidecar's.</summary>
    public static string Daprd => Path.Combine(Path.GetDirectoryName(Program)!, "daprd");

    private static string Program =>
        Environment.GetEnvironmentVariable("CONFORMANCE_SIDECAR") is { Length: > 0 } given ? given
        : Path.GetFullPath(typeof(LocalSidecar).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == "SidecarDll").Value!);

    public string Output => _process?.Output ?? "";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var runFile = Path.Combine(plan.Folder, "run.yaml");
        File.WriteAllText(runFile, RunFile());
        List<string> arguments = ["run", "-f", runFile, "--data", Path.Combine(plan.Folder, "data"), "--no-build", "--dashboard-port", "0"];
        if (plan.Redis is { } redis)
            arguments.AddRange(["--redis", redis]);
        if (plan.DaprdFidelity)
            arguments.AddRange(["--state-fidelity", "daprd"]);
        foreach (var replicas in plan.Apps.GroupBy(app => app.AppId).Where(group => group.Count() > 1))
            arguments.AddRange(["--replicas", $"{replicas.Key}={replicas.Count()}"]);
        var program = File.Exists(Program) ? Program : throw new FileNotFoundException($"There is no sidecar at {Program}; CONFORMANCE_SIDECAR names another.");
        if (program.EndsWith(".dll", StringComparison.Ordinal))
            (program, arguments) = ("dotnet", [program, .. arguments]);
        _process = ServerProcess.Start(program, arguments, plan.Folder, plan.FullEnvironment);
        return Task.CompletedTask;
    }

    public async Task<int> FindAppPortAsync(PlannedApp app, CancellationToken cancellationToken)
    {
        if (IsFirst(app))
            return app.AppPort;
        var first = plan.Apps.First(other => other.AppId == app.AppId);
        var line = await _process!.WaitForLineAsync(
            line => line.StartsWith(app.AppId, StringComparison.Ordinal) && line.Contains("waiting for it at", StringComparison.Ordinal)
                && !line.EndsWith($":{first.AppPort}", StringComparison.Ordinal),
            cancellationToken);
        return int.Parse(line[(line.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
    }

    public Task WaitForReplicaAsync(PlannedApp app, CancellationToken cancellationToken) =>
        _process!.WaitForLineAsync(line => line.StartsWith("ready:", StringComparison.Ordinal), cancellationToken);

    public void Terminate(string appId) => _process!.Terminate();

    public Task WaitForExitAsync(string appId, CancellationToken cancellationToken) => _process!.WaitForExitAsync(cancellationToken);

    public ValueTask DisposeAsync() => _process?.DisposeAsync() ?? default;

    private bool IsFirst(PlannedApp app) => plan.Apps.First(other => other.AppId == app.AppId) == app;

    private string RunFile()
    {
        var text = new StringBuilder($"""
            version: 1
            common:
              resourcesPaths: [ {plan.Resources} ]
              configFilePath: {plan.ConfigFile}
            apps:

            """);
        foreach (var app in plan.Apps.Where(IsFirst))
        {
            text.Append($"""
                - appID: {app.AppId}
                  appDirPath: {plan.Folder}
                  appPort: {app.AppPort}
                  daprHTTPPort: {app.HttpPort}
                  daprGRPCPort: {app.GrpcPort}

                """);
            if (app.Health)
                text.Append("  enableAppHealthCheck: true\n  appHealthProbeInterval: 1\n  appHealthThreshold: 1\n");
        }

        return text.ToString();
    }
}
