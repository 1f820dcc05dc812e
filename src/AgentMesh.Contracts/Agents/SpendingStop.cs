namespace AgentMesh.Contracts.Agents;

/// <summary>Why the tenant has no money for what is about to be spent: the agent takes no hold for it.</summary>
/// <param name="Code">The refusal's code.</param>
/// <param name="Detail">Why, safe to show.</param>
/// <param name="Shortage">Which limit is at its end; null: it is not about that.</param>
public sealed record SpendingStop(string Code, string Detail, Shortage? Shortage = null);
