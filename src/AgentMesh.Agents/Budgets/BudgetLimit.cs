using System.Globalization;
using System.Text.Json.Serialization;
using AgentMesh.Agents.State;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Budgets;

/// <summary>So much of an asset may be spent in a window.</summary>
/// <param name="Scope">By what, see <see cref="BudgetScopes"/>.</param>
/// <param name="Asset">Of what, see <see cref="BudgetAssets"/>.</param>
/// <param name="Window">In which time.</param>
/// <param name="Amount">How much, in atomic units.</param>
public sealed record BudgetLimit(
    string Scope, string Asset, BudgetWindow Window, [property: JsonConverter(typeof(AtomicAmountConverter))] UInt128 Amount)
{
    /// <summary>Reads a limit.</summary>
    /// <param name="scope">By what.</param>
    /// <param name="asset">Of what.</param>
    /// <param name="window">In which time.</param>
    /// <param name="amount">How much: atomic units, decimal digits.</param>
    public static Result<BudgetLimit> Create(string scope, string asset, string window, string amount)
    {
        if (!BudgetScopes.IsWellFormed(scope))
            return BudgetRefusals.InvalidScope;
        if (!BudgetAssets.IsCanonical(asset))
            return BudgetRefusals.InvalidAsset;
        if (BudgetWindow.TryParse(window) is not { } known)
            return BudgetRefusals.InvalidWindow;
        return UInt128.TryParse(amount, NumberStyles.None, CultureInfo.InvariantCulture, out var atomic)
            ? new BudgetLimit(scope, asset, known, atomic)
            : BudgetRefusals.InvalidAmount;
    }
}
