using AgentMesh.Contracts.Agents;

namespace AgentMesh.Gateway.Budgets;

/// <summary>Limits to set, as a whole.</summary>
/// <param name="Limits">All of them; an empty list: the agent spends nothing.</param>
internal sealed record BudgetRequest(IReadOnlyList<LimitRequest?>? Limits)
{
    /// <summary>What the agent is asked; the request is valid.</summary>
    internal SetBudget ToContract() => new([.. Limits!.Select(limit => new LimitSetting(limit!.Scope!, limit.Asset!, limit.Window!, limit.Limit!))]);
}

/// <summary>A limit to set.</summary>
/// <param name="Scope"><c>agent</c>, <c>session:{id}</c> or <c>tool:{name}</c>.</param>
/// <param name="Asset"><c>USD</c>, or a token by its CAIP-19 name in lower case.</param>
/// <param name="Window"><c>once</c>, <c>rolling:24h</c>, <c>rolling:90m</c>, <c>calendar:day:ZONE</c>, <c>calendar:week:ZONE</c>, <c>calendar:month:ZONE</c>.</param>
/// <param name="Limit">Atomic units, decimal digits.</param>
internal sealed record LimitRequest(string? Scope, string? Asset, string? Window, string? Limit);
