namespace AgentMesh.Sidecar.Runtime;

/// <summary>One configured process of an app and, while it lives, the connection to it.</summary>
internal sealed class AppInstance(AppDefinition app)
{
    private volatile AppConnection? _connection;

    public AppDefinition App { get; } = app;

    /// <summary>Null while the process is not healthy.</summary>
    public AppConnection? Connection
    {
        get => _connection;
        set => _connection = value;
    }
}
