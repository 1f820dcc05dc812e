using AgentMesh.Contracts.Agents;
using AgentMesh.X402.Networks;

namespace AgentMesh.Gateway.Budgets;

/// <summary>What an agent may spend, and has spent.</summary>
/// <param name="Limits">Those in force: its own, or the configured ones while it was set none.</param>
internal sealed record BudgetResponse(IReadOnlyList<LimitResponse> Limits)
{
    /// <param name="budget">The agent's; null from one that knows of none yet.</param>
    public static BudgetResponse Of(AgentBudget? budget) => new([.. (budget?.Limits ?? []).Select(LimitResponse.Of)]);
}

/// <summary>How a limit stands. Amounts are atomic units, decimal digits.</summary>
/// <param name="Scope"><c>agent</c>, <c>session:{id}</c> or <c>tool:{name}</c>.</param>
/// <param name="Asset"><c>USD</c>, or a token by its CAIP-19 name.</param>
/// <param name="Symbol">For people; null for a token that is not known.</param>
/// <param name="Decimals">Digits behind the point of one unit; null for a token that is not known.</param>
/// <param name="Window">In which time.</param>
/// <param name="Limit">How much may be spent in it.</param>
/// <param name="Posted">How much was.</param>
/// <param name="Held">What is set aside, of unknown outcome included.</param>
/// <param name="Overrun">What models have cost beyond what was held for them; nothing is available while it is not 0.</param>
/// <param name="Available">What may still be spent.</param>
/// <param name="ResetsAt">When the window begins anew, or the oldest spending of a rolling one leaves it; null: never, or nothing was spent.</param>
internal sealed record LimitResponse(
    string Scope, string Asset, string? Symbol, int? Decimals, string Window, string Limit, string Posted, string Held, string Overrun, string Available,
    DateTime? ResetsAt)
{
    private const string Usd = "USD";
    private const int UsdDecimals = 6;

    public static LimitResponse Of(LimitStatus limit)
    {
        var token = KnownAssets.Find(limit.Asset);
        var isUsd = limit.Asset == Usd;
        return new LimitResponse(
            limit.Scope, limit.Asset, isUsd ? Usd : token?.Symbol, isUsd ? UsdDecimals : token?.Decimals, limit.Window, limit.Limit, limit.Posted, limit.Held,
            limit.Overrun, limit.Available, limit.ResetsAt?.UtcDateTime);
    }
}
