namespace AgentMesh.Agents.Policies;

/// <summary>What a policy says of a payment.</summary>
/// <param name="Effect">What becomes of it.</param>
/// <param name="RuleId">The rule that says so, the first one of the document when there are more; null when none does.</param>
/// <param name="Reason">One of <see cref="PolicyReasons"/>.</param>
public readonly record struct PolicyVerdict(PolicyEffect Effect, string? RuleId, string Reason)
{
    /// <summary>One sentence that is safe to show.</summary>
    public string Detail => Reason switch
    {
        PolicyReasons.InvalidPayment => "The payment's payee, host, asset or network is none that the policy can judge.",
        PolicyReasons.AssetNotListed => "No rule of the policy allows a payment like this in that asset, or asks about it.",
        PolicyReasons.Default => $"No rule of the policy is about this payment, and its default is {EffectWord}.",
        _ => $"The policy's rule {RuleId} says {EffectWord}.",
    };

    /// <summary>The word of the effect, as documents have it.</summary>
    public string EffectWord => Effect switch
    {
        PolicyEffect.Allow => PolicyWords.Allow,
        PolicyEffect.Ask => PolicyWords.Ask,
        _ => PolicyWords.Deny,
    };
}
