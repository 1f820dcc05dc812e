using AgentMesh.Sidecar.Dashboard;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>The sidecar of this process.</summary>
internal sealed class RuntimeConnections(SidecarRuntime runtime) : IAppConnections
{
    private RuntimeSource? _source;

    /// <inheritdoc/>
    public IDashboardSource Source => _source ??= new RuntimeSource(runtime);

    /// <inheritdoc/>
    public Task ConnectAppAsync(AppDefinition app, CancellationToken cancellationToken) => runtime.ConnectAppAsync(app, cancellationToken);

    /// <inheritdoc/>
    public Task DisconnectAppAsync(AppDefinition app) => runtime.DisconnectAppAsync(app);

    /// <inheritdoc/>
    public Task DrainActorsAsync(CancellationToken cancellationToken) => runtime.DrainActorsAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_source is not null) await _source.DisposeAsync();
        await runtime.DisposeAsync();
    }
}
