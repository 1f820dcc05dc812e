using AgentMesh.CrashKit.Histories;
using AgentMesh.CrashKit.Verdicts;

namespace AgentMesh.CrashKit.Checking;

/// <summary>A turn that was accepted, and what the mesh says of it in the end.</summary>
/// <param name="Accepted">The request that was acknowledged.</param>
/// <param name="Turn">Its id.</param>
/// <param name="Status"><c>completed</c>, <c>failed</c>, <c>canceled</c>; one that is not over: <c>queued</c>, <c>running</c>, <c>paused</c>; empty: it is not found.</param>
/// <param name="Response">Of a completed one the answer.</param>
public sealed record EndedTurn(Operation Accepted, string Turn, string Status, string? Response)
{
    /// <summary>It is over.</summary>
    public bool IsOver => Status is "completed" or "failed" or "canceled";
}

/// <summary>What is wrong with the turns of one agent.</summary>
public static class TurnChecks
{
    /// <summary>All of it.</summary>
    /// <param name="agent">Whose.</param>
    /// <param name="turns">Those that were accepted.</param>
    /// <param name="log">All events of the agent.</param>
    /// <param name="expected">What the answer to a message has to be; null: nobody knows.</param>
    public static IReadOnlyList<Violation> All(string agent, IReadOnlyList<EndedTurn> turns, IReadOnlyList<LogEvent> log, Func<string, string?> expected)
    {
        var byTurn = log.Where(one => one.Turn.Length > 0).ToLookup(one => one.Turn, StringComparer.Ordinal);
        return [.. turns.SelectMany(turn => Of(agent, turn, [.. byTurn[turn.Turn]], expected)), .. Log(agent, byTurn, turns.Select(turn => turn.Turn).ToHashSet(StringComparer.Ordinal))];
    }

    private static IEnumerable<Violation> Of(string agent, EndedTurn turn, IReadOnlyList<LogEvent> events, Func<string, string?> expected)
    {
        List<string> evidence = [$"{turn.Accepted}", $"turn {turn.Turn} is {(turn.Status.Length > 0 ? turn.Status : "not found")}{(turn.Response is null ? "" : $": '{turn.Response}'")}", .. events.Select(one => $"{one}")];
        if (!turn.IsOver)
        {
            yield return new Violation(turn.Status.Length > 0 ? ViolationKind.Wrong : ViolationKind.Lost, agent, turn.Status.Length > 0 ? "A turn does not end." : "A turn that was accepted is not found.", evidence);
            yield break;
        }

        var (begins, ends) = (events.Where(one => one.BeginsTurn).ToList(), events.Where(one => one.EndsTurn).ToList());
        if (begins.Count == 0 || ends.Count == 0)
            yield return new Violation(ViolationKind.Lost, agent, $"The log does not have the {(begins.Count == 0 ? "message" : "end")} of a turn that is over.", evidence);
        if (begins.Count > 1 || ends.Count > 1)
            yield return new Violation(ViolationKind.Doubled, agent, $"A turn has {begins.Count} messages and {ends.Count} ends in the log.", evidence);
        if (begins.Count != 1 || ends.Count != 1)
            yield break;
        if (begins[0].Text != turn.Accepted.Content)
            yield return new Violation(ViolationKind.Wrong, agent, "The log has another message for a turn than was sent.", evidence);
        if (begins[0].Seq > ends[0].Seq)
            yield return new Violation(ViolationKind.Wrong, agent, "A turn ends before it begins.", evidence);
        if ((ends[0].Type == "message") != (turn.Status == "completed"))
            yield return new Violation(ViolationKind.Wrong, agent, "What a turn came to is not what its last event says.", evidence);
        else if (turn.Response is { } response && (ends[0].Text != response || expected(turn.Accepted.Content) is { } right && right != response))
            yield return new Violation(ViolationKind.Wrong, agent, "The answer of a turn is another than its event's, or is not the answer to its message.", evidence);
    }

    // Of those that nobody knows to be accepted: at most one of each too, and none that never ends, because the log is read when all that is accepted is over.
    private static IEnumerable<Violation> Log(string agent, ILookup<string, LogEvent> byTurn, HashSet<string> known) => byTurn
        .Where(turn => !known.Contains(turn.Key) && (turn.Count(one => one.BeginsTurn) > 1 || turn.Count(one => one.EndsTurn) > 1))
        .Select(turn => new Violation(ViolationKind.Doubled, agent, "A turn has more than one message or end in the log.", [.. turn.Select(one => $"{one}")]));
}
