using AgentMesh.CrashKit.Histories;
using AgentMesh.CrashKit.Verdicts;

namespace AgentMesh.CrashKit.Checking;

/// <summary>
/// What is wrong with the messages of one agent: what its clients know of them against what is read back. A text names one message: it is sent again only with its
/// key.
/// </summary>
public static class MessageChecks
{
    /// <summary>Lines of evidence of one violation.</summary>
    private const int MaxEvidence = 8;

    /// <summary>All of it.</summary>
    /// <param name="agent">Whose.</param>
    /// <param name="operations">Of the agent, in the order of their begins.</param>
    /// <param name="last">What is there when nothing is under way any more.</param>
    /// <param name="sentElsewhere">Whether a text was sent to another agent of the run.</param>
    public static IReadOnlyList<Violation> All(string agent, IReadOnlyList<Operation> operations, Reading last, Func<string, bool> sentElsewhere) =>
        [.. Presence(agent, operations, last, sentElsewhere), .. Numbers(agent, last), .. Order(agent, operations, last), .. Answers(agent, operations, last), .. Repeats(agent, operations)];

    /// <summary>What was acknowledged is there once; what is unknown at most once; what was refused, never sent or another's is not there.</summary>
    public static IEnumerable<Violation> Presence(string agent, IReadOnlyList<Operation> operations, Reading last, Func<string, bool> sentElsewhere)
    {
        var stored = last.Messages.Where(message => message.IsUsers).ToLookup(message => message.Content, StringComparer.Ordinal);
        var sent = operations.ToLookup(operation => operation.Content, StringComparer.Ordinal);
        foreach (var tries in sent)
        {
            var found = stored[tries.Key].ToList();
            List<string> evidence = [.. Evidence(tries), .. found.Take(MaxEvidence).Select(message => $"{message}"), .. found.Count == 0 ? [$"not among {last.Messages.Count} messages"] : Array.Empty<string>()];
            if (found.Count == 0 && tries.Any(operation => operation.Outcome.Kind == OutcomeKind.Acknowledged))
                yield return new Violation(ViolationKind.Lost, agent, "A message that was acknowledged is not in the history.", evidence);
            if (found.Count > 1)
                yield return new Violation(ViolationKind.Doubled, agent, $"A message is in the history {found.Count} times.", evidence);
            if (found.Count == 1 && tries.All(operation => operation.Outcome.Kind == OutcomeKind.Refused))
                yield return new Violation(ViolationKind.Wrong, agent, "A message that was refused is in the history.", evidence);
        }

        foreach (var foreign in stored.Where(group => !sent.Contains(group.Key)))
        {
            var isAnothers = sentElsewhere(foreign.Key);
            yield return new Violation(
                isAnothers ? ViolationKind.Leaked : ViolationKind.Wrong, agent, isAnothers ? "A message of another agent is in the history." : "A message that nobody sent is in the history.",
                [$"{foreign.First()}"]);
        }
    }

    /// <summary>Numbers rise, and each is there once.</summary>
    public static IEnumerable<Violation> Numbers(string agent, Reading last) => last.Messages.Zip(last.Messages.Skip(1)).Where(pair => pair.First.Seq >= pair.Second.Seq)
        .Select(pair => new Violation(ViolationKind.Wrong, agent, "Numbers of the history do not rise.", [$"{pair.First}", $"{pair.Second}"]));

    /// <summary>
    /// One sequence: what was acknowledged before something else was begun stands before it, whoever sent the two. That each client's messages stand in the order
    /// in which it sent them follows, because a client sends one after the other.
    /// </summary>
    public static IEnumerable<Violation> Order(string agent, IReadOnlyList<Operation> operations, Reading last)
    {
        // Done between its first begin and its first acknowledgement.
        var known = operations.GroupBy(operation => operation.Content, StringComparer.Ordinal).Where(tries => tries.Any(operation => operation.Outcome.Kind == OutcomeKind.Acknowledged))
            .ToDictionary(tries => tries.Key, tries => (Begun: tries.First(), Acknowledged: tries.First(operation => operation.Outcome.Kind == OutcomeKind.Acknowledged)), StringComparer.Ordinal);
        (Operation Begun, Operation Acknowledged)? latest = null;
        foreach (var message in last.Messages.Where(message => message.IsUsers))
        {
            if (!known.TryGetValue(message.Content, out var one))
                continue;
            if (latest is { } earlier && one.Acknowledged.End < earlier.Begun.Start)
                yield return new Violation(ViolationKind.Wrong, agent, "A message stands behind one that was begun after its acknowledgement.", [$"{one.Acknowledged}", $"{earlier.Begun}", $"{message}"]);
            if (latest is null || one.Begun.Start > latest.Value.Begun.Start)
                latest = one;
        }
    }

    /// <summary>The number and the text that an acknowledgement has are those of the answer in the history.</summary>
    public static IEnumerable<Violation> Answers(string agent, IReadOnlyList<Operation> operations, Reading last)
    {
        var bySeq = last.Messages.DistinctBy(message => message.Seq).ToDictionary(message => message.Seq);
        foreach (var operation in operations.Where(operation => operation.Outcome.Kind == OutcomeKind.Acknowledged))
        {
            if (!operation.Answer.TryGetValue("seq", out var text) || !long.TryParse(text, out var seq) || !operation.Answer.TryGetValue("response", out var response))
                continue;
            var stored = bySeq.GetValueOrDefault(seq);
            if (stored is null || stored.IsUsers || stored.Content != response)
                yield return new Violation(ViolationKind.Wrong, agent, "An answer is not what the history has by its number.", [$"{operation}", stored is null ? $"no seq {seq}" : $"{stored}"]);
        }
    }

    /// <summary>Whoever repeats a request by its key gets the same answer.</summary>
    public static IEnumerable<Violation> Repeats(string agent, IReadOnlyList<Operation> operations)
    {
        foreach (var tries in operations.Where(operation => operation.Key is not null && operation.Outcome.Kind == OutcomeKind.Acknowledged).GroupBy(operation => operation.Key!, StringComparer.Ordinal))
        {
            var first = tries.First();
            if (tries.FirstOrDefault(other => !Same(first.Answer, other.Answer)) is { } other)
                yield return new Violation(ViolationKind.Wrong, agent, "Two answers to one key differ.", [$"{first}", $"{other}"]);
        }
    }

    /// <summary>A read has what was acknowledged before it began, and all that a read before it had.</summary>
    /// <param name="agent">Whose.</param>
    /// <param name="operations">Of the agent.</param>
    /// <param name="readings">Of the agent, in the order in which they ended.</param>
    public static IEnumerable<Violation> Reads(string agent, IReadOnlyList<Operation> operations, IReadOnlyList<Reading> readings)
    {
        foreach (var reading in readings)
        {
            var contents = reading.Messages.Where(message => message.IsUsers).Select(message => message.Content).ToHashSet(StringComparer.Ordinal);
            if (operations.FirstOrDefault(operation => operation.Outcome.Kind == OutcomeKind.Acknowledged && operation.End < reading.Start && !contents.Contains(operation.Content)) is { } missing)
                yield return new Violation(ViolationKind.Lost, agent, "A read does not have what was acknowledged before it began.", [$"{missing}", LineOf(reading)]);
            // The latest that had ended before it began has all that those before it had, or was found out itself.
            if (readings.LastOrDefault(other => other.End < reading.Start) is not { } before)
                continue;
            var messages = reading.Messages.ToHashSet();
            if (before.Messages.FirstOrDefault(message => !messages.Contains(message)) is { } gone)
                yield return new Violation(ViolationKind.Wrong, agent, "A read does not have what an earlier one had.", [$"{gone}", LineOf(before), LineOf(reading)]);
        }
    }

    private static string LineOf(Reading reading) =>
        FormattableString.Invariant($"{reading.Start.TotalSeconds:0.000}-{reading.End.TotalSeconds:0.000} s {reading.Client} read {reading.Messages.Count} messages{(reading.Messages.Count > 0 ? $", the last is {reading.Messages[^1]}" : "")}");

    private static IEnumerable<string> Evidence(IEnumerable<Operation> operations) => operations.Take(MaxEvidence).Select(operation => $"{operation}");

    private static bool Same(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count && one.All(part => other.TryGetValue(part.Key, out var value) && value == part.Value);
}
