using AgentMesh.CrashKit.Histories;

namespace AgentMesh.CrashKit.Checking;

/// <summary>What a client wanted done once: a request with all of its repeats, which have the key of the first; without a key each request is one of its own.</summary>
/// <param name="Tries">The requests, in the order of their begins; at least one.</param>
public sealed record Intent(IReadOnlyList<Operation> Tries)
{
    /// <summary>Of which of two things that were done the one that was done later is: no effect of this one was there before.</summary>
    public TimeSpan Start => Tries[0].Start;

    /// <summary>What it said.</summary>
    public string Content => Tries[0].Content;

    /// <summary>From when on it was done, as its client knows; null: it does not know that.</summary>
    public TimeSpan? DoneBy { get; } = Tries.Where(IsAcknowledged).Select(operation => (TimeSpan?)operation.End).Min();

    /// <summary>How often it has to be there: once, when any of its requests was acknowledged.</summary>
    public int Least => DoneBy is null ? 0 : 1;

    /// <summary>How often it may be there: not at all, when all of its requests were refused.</summary>
    public int Most => Tries.All(operation => operation.Outcome.Kind == OutcomeKind.Refused) ? 0 : 1;

    /// <summary>The requests that were acknowledged.</summary>
    public IEnumerable<Operation> Acknowledged => Tries.Where(IsAcknowledged);

    /// <summary>The intents behind requests, in the order of their begins.</summary>
    public static IReadOnlyList<Intent> Of(IEnumerable<Operation> operations) =>
        [.. operations.GroupBy(operation => (operation.Agent, operation.Action, operation.Key ?? FormattableString.Invariant($"#{operation.Number}")))
            .Select(tries => new Intent([.. tries.OrderBy(operation => operation.Start)])).OrderBy(intent => intent.Start)];

    /// <summary>Lines of evidence.</summary>
    public IEnumerable<string> Evidence() => Tries.Select(operation => operation.ToString());

    private static bool IsAcknowledged(Operation operation) => operation.Outcome.Kind == OutcomeKind.Acknowledged;
}
