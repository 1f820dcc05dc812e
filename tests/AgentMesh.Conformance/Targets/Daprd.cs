using System.Globalization;

namespace AgentMesh.Conformance.Targets;

/// <summary>
/// daprd, one process for each app, with the placement and scheduler services of the mesh. The flags are those of dapr's
/// cmd/{daprd,placement,scheduler}/options.
/// </summary>
/// <param name="plan">What to start.</param>
/// <param name="program">daprd, or a program that takes its flags.</param>
/// <param name="hasControlPlane">False for a program that needs no services beside it and ignores their addresses.</param>
/// <param name="ports">As many as <see cref="PortsFor"/> says.</param>
internal sealed class Daprd(SidecarPlan plan, string program, bool hasControlPlane, IReadOnlyList<int> ports) : ISidecars
{
    /// <summary>Ports it needs besides those of the apps: nine for the services, three for each app.</summary>
    public static int PortsFor(int apps) => FirstOfApps + (3 * apps);

    private const int FirstOfApps = 9;

    private readonly Dictionary<string, ServerProcess> _daprds = new(StringComparer.Ordinal);
    private readonly List<ServerProcess> _services = [];

    public string Output => string.Join('\n', _services.Concat(_daprds.Values).Select(process => process.Output));

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Free.Release(ports);
        if (hasControlPlane)
            await StartServicesAsync(cancellationToken);
        foreach (var (app, index) in plan.Apps.Select((app, index) => (app, index)))
            _daprds[$"{app.AppId}:{app.HttpPort}"] = StartDaprd(app, FirstOfApps + (3 * index), ports[0], ports[4]);
    }

    public Task<int> FindAppPortAsync(PlannedApp app, CancellationToken cancellationToken) => Task.FromResult(app.AppPort);

    public Task WaitForReplicaAsync(PlannedApp app, CancellationToken cancellationToken) =>
        Free.WaitForAsync($"http://127.0.0.1:{app.HttpPort}/v1.0/healthz", () => null, cancellationToken);

    public void Terminate(string appId)
    {
        foreach (var process in Of(appId))
            process.Terminate();
    }

    public Task WaitForExitAsync(string appId, CancellationToken cancellationToken) =>
        Task.WhenAll(Of(appId).Select(process => process.WaitForExitAsync(cancellationToken)));

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _daprds.Values.Concat(_services))
            await process.DisposeAsync();
    }

    private async Task StartServicesAsync(CancellationToken cancellationToken)
    {
        var (placement, placementHealth, scheduler, schedulerHealth) = (ports[0], ports[1], ports[4], ports[5]);
        _services.Add(ServerProcess.Start(Availability.Find("placement")!,
        [
            "--id=placement", $"--port={placement}", "--listen-address=127.0.0.1", $"--healthz-port={placementHealth}", "--healthz-listen-address=127.0.0.1",
            $"--metrics-port={ports[2]}", "--metrics-listen-address=127.0.0.1", $"--initial-cluster=placement=127.0.0.1:{ports[3]}",
        ], plan.Folder));
        _services.Add(ServerProcess.Start(Availability.Find("scheduler")!,
        [
            $"--port={scheduler}", "--listen-address=127.0.0.1", $"--healthz-port={schedulerHealth}", "--healthz-listen-address=127.0.0.1",
            $"--metrics-port={ports[6]}", $"--etcd-client-port={ports[7]}", $"--etcd-data-dir={Path.Combine(plan.Folder, "etcd")}",
            $"--etcd-initial-cluster=dapr-scheduler-server-0=http://localhost:{ports[8]}", $"--identity-directory-write={Path.Combine(plan.Folder, "tls")}",
            // Its default of 100 ms would be the time of every registration.
            "--etcd-backend-batch-interval=5ms",
        ], plan.Folder));
        foreach (var health in (int[])[placementHealth, schedulerHealth])
            await Free.WaitForAsync($"http://127.0.0.1:{health}/healthz", () => _services.Any(service => service.HasExited) ? Output : null, cancellationToken);
    }

    private IEnumerable<ServerProcess> Of(string appId) =>
        _daprds.Where(entry => entry.Key.StartsWith(appId + ":", StringComparison.Ordinal)).Select(entry => entry.Value);

    private ServerProcess StartDaprd(PlannedApp app, int firstPort, int placement, int scheduler)
    {
        List<string> arguments =
        [
            $"--app-id={app.AppId}", $"--app-port={Text(app.AppPort)}", $"--dapr-http-port={Text(app.HttpPort)}", $"--dapr-grpc-port={Text(app.GrpcPort)}",
            $"--dapr-internal-grpc-port={Text(ports[firstPort])}", $"--metrics-port={Text(ports[firstPort + 1])}", $"--profile-port={Text(ports[firstPort + 2])}",
            "--dapr-listen-addresses=127.0.0.1,[::1]", $"--resources-path={plan.Resources}", $"--config={plan.ConfigFile}", "--mode=standalone",
            $"--placement-host-address=127.0.0.1:{Text(placement)}", $"--scheduler-host-address=127.0.0.1:{Text(scheduler)}",
        ];
        if (app.Health)
            arguments.AddRange(["--enable-app-health-check", "--app-health-check-path=/healthz", "--app-health-probe-interval=1", "--app-health-threshold=1"]);
        return ServerProcess.Start(program, arguments, plan.Folder, plan.FullEnvironment);

        static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
    }
}
