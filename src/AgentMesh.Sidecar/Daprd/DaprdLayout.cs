using AgentMesh.Sidecar.Actors.Reminders;
using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.Daprd;

/// <summary>What all sidecars of a run with <c>--layout daprd</c> share.</summary>
internal sealed record DaprdLayout
{
    /// <summary>The executable <c>daprd</c>.</summary>
    public required string Program { get; init; }

    /// <summary>Theirs: the launcher's own, with the tokens and what leads to the Redis. Not the apps'.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    public required RunFile RunFile { get; init; }

    /// <summary>Shown to the sidecars; null: they ask for none.</summary>
    public required string? DaprApiToken { get; init; }

    /// <summary>The reminders in the Redis they share, for the dashboard to read; null: it has none.</summary>
    public required IReminderStore? Reminders { get; init; }

    /// <summary>Where they run: relative paths of components start there.</summary>
    public required string Folder { get; init; }

    /// <summary>Receives the lines of an app's sidecar.</summary>
    public required Func<RunFileApp, Action<string>> OutputOf { get; init; }

    /// <summary>The log files of an app and its sidecar; empty texts: none.</summary>
    public required Func<string, (string App, string Daprd)> LogsOf { get; init; }

    public required ILogger Logger { get; init; }

    public required TimeProvider TimeProvider { get; init; }

    /// <summary>Told of each process that was started.</summary>
    public required Action<int, string> ProcessStarted { get; init; }

    /// <summary>Told of each process that is gone.</summary>
    public required Action<int> ProcessEnded { get; init; }

    /// <summary>A dead process stays dead.</summary>
    public required bool NoRestart { get; init; }

    /// <summary>Ends when the run was asked to stop: nothing is started any more.</summary>
    public required CancellationToken Stopping { get; init; }
}
