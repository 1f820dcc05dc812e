using AgentMesh.CrashKit.Histories;
using AgentMesh.CrashKit.Verdicts;

namespace AgentMesh.CrashKit.Checking;

/// <summary>What one watcher of an agent got, over however many connections.</summary>
/// <param name="Watcher">Its name, with its transport.</param>
/// <param name="Agent">Whose agent.</param>
/// <param name="Events">As they came.</param>
public sealed record Watched(string Watcher, string Agent, IReadOnlyList<WatchedEvent> Events);

/// <summary>An event that came.</summary>
/// <param name="Connection">Over which of the watcher's connections, from 1.</param>
/// <param name="Event">The event.</param>
public sealed record WatchedEvent(int Connection, LogEvent Event)
{
    /// <summary>One line of evidence.</summary>
    public override string ToString() => FormattableString.Invariant($"connection {Connection}: {Event}");
}

/// <summary>What is wrong with what watchers got: each has to get every event once, in order, and the same as all others.</summary>
public static class StreamChecks
{
    private const int FirstSeq = 1;

    /// <summary>Numbers of a log have no gap.</summary>
    public static IEnumerable<Violation> Log(string agent, IReadOnlyList<LogEvent> log)
    {
        for (var n = 0; n < log.Count; n++)
        {
            if (log[n].Seq == FirstSeq + n)
                continue;
            yield return new Violation(ViolationKind.Wrong, agent, $"The log has {log[n].Seq} where {FirstSeq + n} has to be.", [.. log.Skip(Math.Max(0, n - 1)).Take(2).Select(one => $"{one}")]);
            yield break;
        }
    }

    /// <summary>One watcher, which was told to go on behind the last number that it had.</summary>
    /// <param name="watched">What it got.</param>
    /// <param name="log">What there is.</param>
    /// <param name="due">The number that it has to have come to.</param>
    public static IEnumerable<Violation> Of(Watched watched, IReadOnlyList<LogEvent> log, long due)
    {
        var bySeq = log.DistinctBy(one => one.Seq).ToDictionary(one => one.Seq);
        WatchedEvent? before = null;
        foreach (var one in watched.Events)
        {
            string[] evidence = [watched.Watcher, before is null ? "nothing before" : $"{before}", $"{one}"];
            var next = (before?.Event.Seq ?? 0) + 1;
            if (one.Event.Seq < next)
                yield return new Violation(ViolationKind.Doubled, watched.Agent, $"A watcher got {one.Event.Seq} again.", evidence);
            if (one.Event.Seq > next)
                yield return new Violation(ViolationKind.Lost, watched.Agent, $"A watcher got {one.Event.Seq} when {next} was due.", evidence);
            if (!bySeq.TryGetValue(one.Event.Seq, out var stored))
                yield return new Violation(ViolationKind.Wrong, watched.Agent, "A watcher got an event that the log does not have.", evidence);
            else if (stored != one.Event)
                yield return new Violation(ViolationKind.Wrong, watched.Agent, "A watcher got another event than the log has by that number.", [.. evidence, $"{stored}"]);
            before = before is null || one.Event.Seq > before.Event.Seq ? one : before;
        }

        if ((before?.Event.Seq ?? 0) < due)
            yield return new Violation(ViolationKind.Lost, watched.Agent, $"A watcher does not get what is new, up to {due}.", [watched.Watcher, before is null ? "nothing came" : $"{before}", $"the log ends with {log[^1]}"]);
    }
}
