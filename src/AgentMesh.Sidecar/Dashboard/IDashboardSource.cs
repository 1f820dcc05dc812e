using System.Text.Json;

namespace AgentMesh.Sidecar.Dashboard;

/// <summary>
/// Where the dashboard's facts come from. One for each layout: all apps in this process, or a daprd for each of them.
/// </summary>
internal interface IDashboardSource
{
    /// <summary>Whether the process answers its health check at this moment; null: not asked.</summary>
    bool? IsAnswering(ProcessView process);

    /// <summary>Dapr's <c>/v1.0/metadata</c> of a process; null: its sidecar does not answer.</summary>
    Task<JsonElement?> MetadataAsync(ProcessView process, CancellationToken cancellationToken);

    /// <summary>The actor types that are hosted now.</summary>
    IReadOnlyList<string> ActorTypes { get; }

    /// <summary>A type's reminders, the one due next first.</summary>
    /// <exception cref="State.StateStoreException">The store does not answer.</exception>
    Task<IReadOnlyList<ReminderView>> RemindersAsync(string type, int skip, int limit, CancellationToken cancellationToken);

    /// <summary>The consumer groups and what waits for them.</summary>
    /// <exception cref="State.StateStoreException">The store does not answer.</exception>
    Task<IReadOnlyList<TopicView>> TopicsAsync(CancellationToken cancellationToken);

    /// <summary>The calls of the last minutes.</summary>
    RatesView Rates { get; }

    /// <summary>The metrics of each process as Prometheus' text.</summary>
    Task<IReadOnlyList<(ProcessView Process, string Text)>> MetricsAsync(IReadOnlyList<ProcessView> processes, CancellationToken cancellationToken);
}
