using AgentMesh.Primitives;

namespace AgentMesh.Agents.Events;

/// <summary>Why the event log says no.</summary>
public static class EventRefusals
{
    /// <summary>The part asked for is too small or too big.</summary>
    public static Refusal InvalidLimit { get; } = new("invalid_limit", $"limit is 1 to {EventLimits.ReadEvents}.");
}
