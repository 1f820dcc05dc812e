namespace AgentMesh.Sidecar.Launcher;

/// <summary>What all supervised processes share.</summary>
internal sealed record SupervisorOptions
{
    /// <summary>The sidecar they are connected to.</summary>
    public required IAppConnections Connections { get; init; }

    /// <summary>Receives their output and the progress; safe for concurrent use.</summary>
    public required TextWriter Console { get; init; }

    /// <summary>For deaths and restarts.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>Times lives and waits.</summary>
    public required TimeProvider TimeProvider { get; init; }

    /// <summary>Sends SIGTERM to a process id.</summary>
    public required Action<int> Terminate { get; init; }

    /// <summary>Told of each process that was started, and of its app id.</summary>
    public Action<int, string> ProcessStarted { get; init; } = (_, _) => { };

    /// <summary>Told of each process that is gone.</summary>
    public Action<int> ProcessEnded { get; init; } = _ => { };

    /// <summary>Called when a process became healthy or died, once all were healthy. Called by one thread at a time.</summary>
    public Action Changed { get; init; } = () => { };

    /// <summary>A dead process stays dead.</summary>
    public bool NoRestart { get; init; }
}
