using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>The ports of one app process. <see cref="App"/> is null for an app that serves nothing.</summary>
internal readonly record struct ProcessPorts(int? App, int DaprHttp, int DaprGrpc, int Metrics);

/// <summary>Decides who listens where.</summary>
/// <param name="reservations">Holds the ports until they are used.</param>
/// <param name="freePorts">Whether the run file's ports are ignored.</param>
internal sealed class PortPlan(PortReservations reservations, bool freePorts)
{
    /// <summary>Where a browser looks for the dashboard of a run file.</summary>
    public const int DefaultDashboard = 8090;

    /// <summary>The dashboard's port; null: it has none.</summary>
    /// <param name="wanted">As given; null: the usual one, or a free one.</param>
    public int? Dashboard(int? wanted)
    {
        if (wanted == 0) return null;
        if (wanted is null && freePorts) return reservations.TakeFree();
        var port = wanted ?? DefaultDashboard;
        return reservations.TryTake(port) ? port : throw new LauncherException(
            $"port {port} (the dashboard's) is in use by {OwnerOf(port)}; end it, or give another --dashboard-port (0: no dashboard), or let --free-ports choose");
    }

    /// <summary>
    /// Ports for each app's processes, in the order given. All wanted ports are taken before the first free one is chosen. Replicas
    /// beyond the first have free ports only.
    /// </summary>
    public IReadOnlyList<ProcessPorts[]> Assign(IReadOnlyList<(RunFileApp App, int Replicas)> apps)
    {
        if (!freePorts)
        {
            foreach (var (app, _) in apps)
            {
                Take(app, "appPort", app.AppPort);
                Take(app, "daprHTTPPort", app.DaprHttpPort);
                Take(app, "daprGRPCPort", app.DaprGrpcPort);
                Take(app, "metricsPort", app.MetricsPort);
            }
        }

        return [.. apps.Select(item => Enumerable.Range(0, item.Replicas).Select(replica => Ports(item.App, replica)).ToArray())];
    }

    private ProcessPorts Ports(RunFileApp app, int replica)
    {
        var free = freePorts || replica > 0;
        return new ProcessPorts(
            app.AppPort is { } wanted ? free ? reservations.TakeFree() : wanted : null,
            !free && app.DaprHttpPort is { } http ? http : reservations.TakeFree(),
            !free && app.DaprGrpcPort is { } grpc ? grpc : reservations.TakeFree(),
            !free && app.MetricsPort is { } metrics ? metrics : reservations.TakeFree());
    }

    private void Take(RunFileApp app, string field, int? wanted)
    {
        // An app without a command is started by someone else, and may be running already.
        if (wanted is not { } port || (app.Command.Count == 0 && field == "appPort") || reservations.TryTake(port)) return;
        throw new LauncherException($"port {port} ({field} of {app.AppId}) is in use by {OwnerOf(port)}; end it, or let --free-ports choose other ports");
    }

    private static string OwnerOf(int port) => PortOwner.Find(port) switch
    {
        null => "another process",
        { ProcessId: var id } when id == Environment.ProcessId => "another app of this run file",
        { ProcessId: var id, Name: var name } => $"process {id} ({name})",
    };
}
