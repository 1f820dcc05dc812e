using AgentMesh.Cli.Meshes;
using AgentMesh.Evm;

namespace AgentMesh.Cli.Budgets;

/// <summary>What an agent may spend, as the gateway tells it.</summary>
/// <param name="Limits">Those in force.</param>
internal sealed record BudgetDocument(IReadOnlyList<LimitDocument> Limits) : ICheckedDocument
{
    /// <inheritdoc/>
    public bool IsReadable() => Limits.All(limit => limit is { HasAmounts: true });
}

/// <summary>How a limit stands. Amounts are atomic units, decimal digits.</summary>
/// <param name="Scope">What it is about.</param>
/// <param name="Asset">Of what.</param>
/// <param name="Window">In which time.</param>
/// <param name="Limit">How much may be spent.</param>
/// <param name="Posted">How much was.</param>
/// <param name="Held">What is set aside.</param>
/// <param name="Overrun">What was spent beyond what had been set aside.</param>
/// <param name="Available">What may still be spent.</param>
/// <param name="Symbol">The asset for people; null: it has none that is known.</param>
/// <param name="Decimals">Digits behind the point of one unit; null: nobody knows.</param>
/// <param name="ResetsAt">When there is room again; null: never, or there is all of it.</param>
internal sealed record LimitDocument(
    string Scope, string Asset, string Window, string Limit, string Posted, string Held, string Overrun, string Available,
    string? Symbol = null, int? Decimals = null, DateTimeOffset? ResetsAt = null)
{
    // A token with more could have no unit below 2^256.
    private const int MaxDecimals = 77;

    /// <summary>The amounts are amounts.</summary>
    public bool HasAmounts =>
        Decimals is null or (>= 0 and <= MaxDecimals) && new[] { Limit, Posted, Held, Overrun, Available }.All(amount => UInt256.TryParse(amount, out _));
}

/// <summary>Limits to set, as a whole.</summary>
/// <param name="Limits">All of them.</param>
internal sealed record BudgetOrder(IReadOnlyList<LimitOrder> Limits);

/// <summary>A limit to set.</summary>
/// <param name="Scope">What it is about.</param>
/// <param name="Asset">Of what.</param>
/// <param name="Window">In which time.</param>
/// <param name="Limit">Atomic units, decimal digits.</param>
internal sealed record LimitOrder(string Scope, string Asset, string Window, string Limit);
