using System.Text.Json.Serialization;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Budgets;

/// <summary>So much of an asset may be spent in a window.</summary>
/// <param name="Scope">By what, see <see cref="BudgetScopes"/>.</param>
/// <param name="Asset">Of what, see <see cref="BudgetAssets"/>.</param>
/// <param name="Window">In which time.</param>
/// <param name="Amount">How much, in atomic units.</param>
public sealed record BudgetLimit(
    string Scope, string Asset, BudgetWindow Window, [property: JsonConverter(typeof(AtomicAmountConverter))] UInt128 Amount)
{
    /// <summary>True for another limit on the same: only one of the two can be in force.</summary>
    internal bool IsOnTheSame(BudgetLimit other) => Scope == other.Scope && Asset == other.Asset && Window == other.Window;
}
