using System.Globalization;
using AgentMesh.CrashKit.Histories;
using AgentMesh.CrashKit.Verdicts;

namespace AgentMesh.CrashKit.Checking;

/// <summary>
/// The history of one agent: acknowledged messages form one sequence, answers say where they stand in it, repeats agree, and no read goes back behind
/// another one or behind what was acknowledged.
/// </summary>
public static class MessageChecker
{
    /// <summary>The name under which an answer says its own number.</summary>
    public const string Seq = "seq";

    /// <summary>The name under which an answer says its text.</summary>
    public const string Response = "response";

    /// <summary>Checks all there is of one agent.</summary>
    /// <param name="agent">Whose agent.</param>
    /// <param name="operations">Requests that post a message to it; each text is nowhere else.</param>
    /// <param name="readings">What was read of it meanwhile.</param>
    /// <param name="last">What was read in the end, when nothing was under way any more.</param>
    public static IReadOnlyList<Violation> Check(string agent, IEnumerable<Operation> operations, IEnumerable<Reading> readings, Reading last)
    {
        ArgumentNullException.ThrowIfNull(last);
        var intents = Intent.Of(operations);
        List<Violation> violations = [.. OnceInOrder.Check(agent, intents, [.. last.Messages.Where(message => message.IsUsers).Select(ToFound)]), .. Repeats.Check(agent, intents)];
        violations.AddRange(AnswersThatAreNotThere(agent, intents, last));
        Reading[] all = [.. readings, last];
        violations.AddRange(all.SelectMany(reading => NotRising(agent, reading)));
        violations.AddRange(GoingBack(agent, intents, all));
        return violations;
    }

    private static Found ToFound(StoredMessage message) => new(message.Seq, message.Content, message.ToString());

    private static IEnumerable<Violation> AnswersThatAreNotThere(string agent, IReadOnlyList<Intent> intents, Reading last)
    {
        var stored = last.Messages.ToLookup(message => message.Seq);
        foreach (var operation in intents.SelectMany(intent => intent.Acknowledged))
        {
            // Of a turn that was only begun the answer is not known.
            if (!operation.Answer.TryGetValue(Seq, out var text) || !operation.Answer.TryGetValue(Response, out var response))
                continue;
            StoredMessage[] there = long.TryParse(text, CultureInfo.InvariantCulture, out var seq) ? [.. stored[seq]] : [];
            if (!there.Any(message => message.Content == response && !message.IsUsers))
            {
                yield return new Violation(
                    there.Length == 0 ? ViolationKind.Lost : ViolationKind.Wrong, agent, $"the answer that was given is not in the history at seq {text}",
                    [operation.ToString(), .. there.Select(message => message.ToString())]);
            }
        }
    }

    private static IEnumerable<Violation> NotRising(string agent, Reading reading) =>
        from pair in reading.Messages.Zip(reading.Messages.Skip(1))
        where pair.First.Seq >= pair.Second.Seq
        select new Violation(
            ViolationKind.Wrong, agent, pair.First.Seq == pair.Second.Seq ? "a number was given twice" : "numbers do not rise", [pair.First.ToString(), pair.Second.ToString()]);

    private static IEnumerable<Violation> GoingBack(string agent, IReadOnlyList<Intent> intents, Reading[] readings)
    {
        var shown = new Dictionary<(long Seq, string Content), (StoredMessage Message, Reading By)>();
        var ended = new Queue<Reading>(readings.OrderBy(reading => reading.End));
        foreach (var reading in readings.OrderBy(reading => reading.Start))
        {
            // Whoever reads after another has read sees at least what that one saw.
            for (; ended.TryPeek(out var before) && before.End < reading.Start; ended.Dequeue())
            {
                foreach (var message in before.Messages)
                    shown.TryAdd((message.Seq, message.Content), (message, before));
            }

            var here = reading.Messages.Select(message => (message.Seq, message.Content)).ToHashSet();
            foreach (var (message, by) in shown.Where(known => !here.Contains(known.Key)).Select(known => known.Value).Take(1))
                yield return new Violation(ViolationKind.Wrong, agent, "a read goes back behind an earlier one", [$"read by {by.Client}: {message}", Line(reading)]);

            // What the last one does not show is lost, which is told.
            if (ReferenceEquals(reading, readings[^1]))
                continue;
            var texts = reading.Messages.Select(message => message.Content).ToHashSet(StringComparer.Ordinal);
            foreach (var missing in intents.Where(intent => intent.DoneBy < reading.Start && !texts.Contains(intent.Content)).Take(1))
                yield return new Violation(ViolationKind.Wrong, agent, "a read does not show what was acknowledged before it", [.. missing.Evidence(), Line(reading)]);
        }
    }

    private static string Line(Reading reading) => FormattableString.Invariant(
        $"not in {reading.Messages.Count} messages read {reading.Start.TotalSeconds:0.000}-{reading.End.TotalSeconds:0.000} s by {reading.Client}");
}
