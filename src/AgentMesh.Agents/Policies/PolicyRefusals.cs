using AgentMesh.Primitives;

namespace AgentMesh.Agents.Policies;

/// <summary>Why a policy says no. The codes are those of <c>AgentMesh.Contracts</c>; a test holds them together.</summary>
public static class PolicyRefusals
{
    /// <summary>The policy denies the payment.</summary>
    public static Refusal PolicyDenied(PolicyVerdict verdict) => new("policy_denied", verdict.Detail);

    /// <summary>The payment to judge names an amount that is none.</summary>
    public static Refusal InvalidPayment { get; } = new("invalid_request", "amount must be a decimal string of atomic units, and direction in or out.");

    /// <summary>The document is no policy.</summary>
    public static Refusal InvalidPolicy(PolicyFault fault) =>
        new("invalid_policy", fault.At.Length == 0 ? $"The policy {fault.Detail}" : $"The policy's {fault.At} {fault.Detail}");
}
