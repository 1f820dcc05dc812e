using System.Collections.Immutable;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Policies;

/// <summary>Why a policy says no. The codes are those of <c>AgentMesh.Contracts</c>; a test holds them together.</summary>
public static class PolicyRefusals
{
    /// <summary>The policy denies the payment.</summary>
    public static Refusal PolicyDenied(PolicyVerdict verdict) => new("policy_denied", verdict.Detail);

    /// <summary>The payment to judge names an amount that is none.</summary>
    public static Refusal InvalidPayment { get; } = new("invalid_request", "A payment has a direction, in or out, and an amount in atomic units, a text of decimal digits.");

    /// <summary>The document is no policy.</summary>
    public static InvalidPolicy InvalidPolicy(ImmutableArray<PolicyFault> faults) =>
        new("invalid_policy", faults[0].At.Length == 0 ? $"The policy {faults[0].Detail}" : $"The policy's {faults[0].At} {faults[0].Detail}", faults);
}
