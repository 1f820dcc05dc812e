using AgentMesh.Agents.Events;

namespace AgentMesh.Agents.Turns;

/// <summary>A run of a turn calls a tool, or the call is over.</summary>
/// <param name="Call">Which call of the run, from 1.</param>
/// <param name="Tool">The tool's name.</param>
/// <param name="Status"><c>started</c>, <c>completed</c>, <c>failed</c> or <c>timed_out</c>.</param>
/// <param name="DurationMs">How long it took, when it is over.</param>
public sealed record ToolNote(int Call, string Tool, string Status, int? DurationMs)
{
    internal FactEntry ToFact(OpenTurn turn, DateTimeOffset now) => FactEntry.Of(
        turn.Session,
        now,
        FactTypes.Tool,
        ("turn", TurnId.Of(turn.Turn)),
        ("attempt", turn.Attempt),
        ("call", Call),
        ("tool", Tool),
        ("status", Status),
        ("durationMs", DurationMs));
}
