using AgentMesh.Sidecar.Dashboard;
using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Daprd;

/// <summary>The sidecars of a run with <c>--layout daprd</c>: a process for each app process.</summary>
internal sealed class DaprdConnections : IAppConnections
{
    private readonly Dictionary<int, DaprdChild> _byPort;
    private readonly Func<DaprdSource> _openSource;
    private DaprdSource? _source;

    private DaprdConnections(IReadOnlyList<AppLaunch> launches, DaprdLayout layout)
    {
        _byPort = launches.ToDictionary(
            launch => launch.Definition.DaprHttpPort, launch => new DaprdChild(launch, layout, () => Lost?.Invoke(launch.Definition)));
        _openSource = () => new DaprdSource([.. launches.Select(launch => launch.Definition)], layout.Reminders, layout.DaprApiToken, layout.TimeProvider);
    }

    /// <inheritdoc/>
    public event Action<AppDefinition>? Lost;

    /// <inheritdoc/>
    public IDashboardSource Source => _source ??= _openSource();

    /// <summary>Starts them; completes when all listen.</summary>
    /// <exception cref="LauncherException">One does not start.</exception>
    public static async Task<DaprdConnections> StartAsync(IReadOnlyList<AppLaunch> launches, DaprdLayout layout, CancellationToken cancellationToken)
    {
        if (!File.Exists(layout.Program))
            throw new LauncherException($"{layout.Program} does not exist; --layout daprd needs it beside the launcher");
        var connections = new DaprdConnections(launches, layout);
        try
        {
            await Task.WhenAll(connections._byPort.Values.Select(child => child.StartAsync(cancellationToken)));
            return connections;
        }
        catch
        {
            await connections.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task ConnectAppAsync(AppDefinition app, CancellationToken cancellationToken) => _byPort[app.DaprHttpPort].ConnectAsync(cancellationToken);

    /// <inheritdoc/>
    public Task DisconnectAppAsync(AppDefinition app) => _byPort[app.DaprHttpPort].ReplaceAsync();

    /// <inheritdoc/>
    public Task DrainActorsAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_byPort.Values.Select(child => child.StopAsync(cancellationToken)));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_source is not null)
            await _source.DisposeAsync();
        await Task.WhenAll(_byPort.Values.Select(child => child.DisposeAsync().AsTask()));
    }
}
