namespace AgentMesh.Sidecar.Runtime;

/// <summary>One configured process of an app and, while it lives, the connection to it.</summary>
internal sealed class AppInstance(AppDefinition app)
{
    private volatile AppSession? _session;

    public AppDefinition App { get; } = app;

    /// <summary>Null while the process is not healthy.</summary>
    public AppConnection? Connection
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    /// <summary>The process's life since it was healthy for the first time; null before and after.</summary>
    public AppSession? Session
    {
        get => _session;
        set => _session = value;
    }

    /// <summary>Takes the session out, for the one caller that ends it.</summary>
    public AppSession? TakeSession() => Interlocked.Exchange(ref _session, null);
}
