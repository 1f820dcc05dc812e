using System.Collections.Immutable;

namespace AgentMesh.Agents.Budgets;

/// <summary>How budgets are set up.</summary>
/// <param name="Defaults">The limits of agents that were set none of their own.</param>
public sealed record BudgetRules(ImmutableArray<BudgetLimit> Defaults);
