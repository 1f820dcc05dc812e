using AgentMesh.Primitives;

namespace AgentMesh.Agents.Summaries;

/// <summary>Why a summary is not there or not taken.</summary>
public static class SummaryRefusals
{
    /// <summary>The session has none.</summary>
    public static Refusal SummaryNotFound { get; } =
        new("summary_not_found", "The session has no summary. One is written when a model answers and the session has become long.");

    /// <summary>The session has another summary by now, or is another session: what was made from it is dropped.</summary>
    public static Refusal SummaryStale { get; } = new("summary_stale", "The session has changed since the summary was begun.");
}
