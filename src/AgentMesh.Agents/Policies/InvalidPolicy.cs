using System.Collections.Immutable;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Policies;

/// <summary>A refusal that says what is wrong with a document, by place.</summary>
/// <param name="Code">The code.</param>
/// <param name="Detail">The first fault, in a sentence.</param>
/// <param name="Faults">All that were found.</param>
public sealed record InvalidPolicy(string Code, string Detail, ImmutableArray<PolicyFault> Faults) : Refusal(Code, Detail);
