using AgentMesh.Sidecar.Resources;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>What all supervised processes share.</summary>
internal sealed record SupervisorOptions
{
    /// <summary>The sidecar they are connected to.</summary>
    public required IAppConnections Connections { get; init; }

    /// <summary>Receives the progress; safe for concurrent use.</summary>
    public required TextWriter Console { get; init; }

    /// <summary>For deaths and restarts.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>Times lives and waits.</summary>
    public required TimeProvider TimeProvider { get; init; }

    /// <summary>Receives the lines of an app's processes; safe for concurrent use.</summary>
    public required Func<RunFileApp, Action<string>> OutputOf { get; init; }

    /// <summary>Put before each line of an app.</summary>
    public Func<RunFileApp, string> PrefixOf { get; init; } = app => $"== APP - {app.AppId} == ";

    /// <summary>Told of each process that was started.</summary>
    public Action<int, string> ProcessStarted { get; init; } = (_, _) => { };

    /// <summary>Told of each process that is gone.</summary>
    public Action<int> ProcessEnded { get; init; } = _ => { };

    /// <summary>Called when a process became healthy or died, once all were healthy. Called by one thread at a time.</summary>
    public Action Changed { get; init; } = () => { };

    /// <summary>Ends when the run was asked to stop. An app that ends from here on is not started again.</summary>
    public CancellationToken Stopping { get; init; }

    /// <summary>A dead process stays dead.</summary>
    public bool NoRestart { get; init; }
}
