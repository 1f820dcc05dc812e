using System.Collections.Immutable;

namespace AgentMesh.Agents.Policies;

/// <summary>A document that was read: a policy, or what is wrong with it.</summary>
/// <param name="Policy">The policy; null when anything is wrong.</param>
/// <param name="Faults">What is wrong, in the order of the document, the first <see cref="PolicyLimits.Faults"/>.</param>
public sealed record ParsedPolicy(SpendingPolicy? Policy, ImmutableArray<PolicyFault> Faults)
{
    /// <summary>The refusal of the document; null when it is a policy.</summary>
    public InvalidPolicy? Refusal => Policy is null ? PolicyRefusals.InvalidPolicy(Faults) : null;
}

/// <summary>Something wrong with a document.</summary>
/// <param name="At">Where, as a JSON pointer (RFC 6901); empty: the document as a whole.</param>
/// <param name="Detail">What must be there, safe to show.</param>
public readonly record struct PolicyFault(string At, string Detail);

/// <summary>Faults as answers have them.</summary>
public static class PolicyFaultExtensions
{
    /// <summary>What is wrong, by JSON pointer.</summary>
    public static Dictionary<string, string[]> ToErrors(this ImmutableArray<PolicyFault> faults) =>
        faults.GroupBy(fault => fault.At).ToDictionary(group => group.Key, group => group.Select(fault => fault.Detail).ToArray());
}
