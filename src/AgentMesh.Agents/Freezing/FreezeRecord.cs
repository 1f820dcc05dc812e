using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Freezing;

/// <summary>
/// An operator has stopped the agent's spending. State key <c>freeze</c>; not there while nothing is stopped. An erasure of the agent leaves it:
/// who could take it away by starting anew would not be stopped.
/// </summary>
/// <param name="Reason">Why, for people; 1 to <see cref="FreezeLimits.ReasonCharacters"/>.</param>
/// <param name="At">Since when.</param>
public sealed record FreezeRecord(string Reason, DateTimeOffset At)
{
    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.FreezeRecord;
}
