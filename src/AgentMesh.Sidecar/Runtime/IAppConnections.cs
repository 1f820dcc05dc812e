using AgentMesh.Sidecar.Dashboard;

namespace AgentMesh.Sidecar.Runtime;

/// <summary>What the launcher needs of the running sidecar; see <see cref="SidecarRuntime"/> for the meaning of each member.</summary>
internal interface IAppConnections : IAsyncDisposable
{
    /// <summary>Raised when an app has lost its sidecar, and has to be started again.</summary>
    event Action<AppDefinition>? Lost { add { } remove { } }

    /// <summary>Completes when the app is healthy and calls are routed to it.</summary>
    Task ConnectAppAsync(AppDefinition app, CancellationToken cancellationToken);

    /// <summary>The app's process is gone. A successor may be started when this completes.</summary>
    Task DisconnectAppAsync(AppDefinition app);

    /// <summary>Deactivates every actor as far as it gets before the token ends.</summary>
    Task DrainActorsAsync(CancellationToken cancellationToken);

    /// <summary>What a dashboard can show of them; null: nothing.</summary>
    IDashboardSource? Source => null;
}
