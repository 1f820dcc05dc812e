using System.Text.Json.Serialization;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Budgets;

/// <summary>Money of another agent that a turn may spend: a part of that one's budget, which it holds. It counts for none of the agent's own limits.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Asset">Of what.</param>
/// <param name="Amount">How much.</param>
/// <param name="Posted">How much of it was spent.</param>
/// <param name="Turn">The turn.</param>
public sealed record FundsGrant(
    string Id,
    string Asset,
    [property: JsonConverter(typeof(AtomicAmountConverter))] UInt128 Amount,
    [property: JsonConverter(typeof(AtomicAmountConverter))] UInt128 Posted,
    string Turn);
