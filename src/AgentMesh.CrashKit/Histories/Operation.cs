namespace AgentMesh.CrashKit.Histories;

/// <summary>One request and what its client knows of it. Each try of a repeated request is an operation of its own, with the same key.</summary>
/// <param name="Number">Its place in the order of begins, from 0.</param>
/// <param name="Client">Who asked. A client has one request under way at a time.</param>
/// <param name="Agent">Whose agent it is about, as <c>user</c> or <c>tenant:user</c>.</param>
/// <param name="Action">What was asked for: <c>message</c>, <c>turn</c>, <c>pay</c>, <c>send</c>, <c>read</c>, …</param>
/// <param name="Content">What it said: a text that is nowhere by chance.</param>
/// <param name="Key">The idempotency key; null: it acts as often as it is done.</param>
/// <param name="Start">When it was sent, since the begin of the run, by a clock that only rises.</param>
/// <param name="End">When the outcome was known.</param>
/// <param name="Outcome">What is known.</param>
public sealed record Operation(
    int Number, string Client, string Agent, string Action, string Content, string? Key, TimeSpan Start, TimeSpan End, Outcome Outcome)
{
    /// <summary>What the answer said, by name, such as <c>seq</c>, <c>turnId</c>, <c>response</c>: repeats by a key have to agree on it.</summary>
    public IReadOnlyDictionary<string, string> Answer { get; init; } = new Dictionary<string, string>();

    /// <summary>One line of evidence.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"#{Number} {Start.TotalSeconds:0.000}-{End.TotalSeconds:0.000} s {Client} {Action} {Agent} '{Content}'{(Key is null ? "" : $" key {Key}")}: {Said()}");

    private string Said() =>
        $"{Outcome.Kind.ToString().ToLowerInvariant()}{(Outcome.Code is { } code ? $" {code}" : "")}{string.Concat(Answer.Select(part => $" {part.Key}={part.Value}"))}";
}
