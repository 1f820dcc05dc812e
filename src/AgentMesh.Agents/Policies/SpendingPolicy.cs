using System.Collections.Immutable;

namespace AgentMesh.Agents.Policies;

/// <summary>
/// What an agent may pay, as data. Of the rules that hold the strictest counts, whatever order they stand in: a rule that denies cannot be undone by
/// one that is added, and one that is misplaced makes nothing looser. An asset that is not named is denied.
/// </summary>
/// <param name="Assets">CAIP-19, in lower case: assets that count as named beside those of the rules.</param>
/// <param name="Rules">The rules.</param>
/// <param name="Default">What becomes of a payment in a named asset that no rule holds for: <see cref="PolicyEffect.Deny"/> or <see cref="PolicyEffect.Ask"/>.</param>
public sealed record SpendingPolicy(ImmutableArray<string> Assets, ImmutableArray<PolicyRule> Rules, PolicyEffect Default)
{
    /// <summary>The version of the document's format.</summary>
    public const int Version = 1;

    /// <summary>No payment at all.</summary>
    public static SpendingPolicy DenyAll { get; } = new([], [], PolicyEffect.Deny);

    /// <summary>Reads a document; see <c>docs/spending-policy.md</c>. What is wrong with it is told by place.</summary>
    /// <param name="json">The document.</param>
    public static ParsedPolicy Parse(string json) => PolicyReader.Read(json);

    /// <summary>Judges a payment. Never throws: what cannot be judged is denied.</summary>
    /// <param name="payment">The payment.</param>
    /// <param name="memory">What was paid before.</param>
    /// <param name="now">The time.</param>
    public PolicyVerdict Evaluate(PolicyFacts payment, SpendingMemory memory, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(payment);
        ArgumentNullException.ThrowIfNull(memory);
        if (payment.ToCanonical() is not { } facts)
            return new PolicyVerdict(PolicyEffect.Deny, null, PolicyReasons.InvalidPayment);
        PolicyRule? strictest = null;
        var isNamed = Assets.Contains(facts.Asset);
        foreach (var rule in Rules)
        {
            if (!rule.Holds(facts, memory, now))
                continue;
            if (strictest is null || rule.Effect > strictest.Effect)
                strictest = rule;
            isNamed |= rule.Effect != PolicyEffect.Deny && rule.Assets.Contains(facts.Asset);
        }

        if (strictest?.Effect == PolicyEffect.Deny)
            return new PolicyVerdict(PolicyEffect.Deny, strictest.Id, PolicyReasons.Rule);
        if (!isNamed)
            return new PolicyVerdict(PolicyEffect.Deny, null, PolicyReasons.AssetNotListed);
        return strictest is null ? new PolicyVerdict(Default, null, PolicyReasons.Default) : new PolicyVerdict(strictest.Effect, strictest.Id, PolicyReasons.Rule);
    }

    /// <summary>The document, with every value in its one form.</summary>
    public string ToJson() => PolicyWriter.Write(this);
}
