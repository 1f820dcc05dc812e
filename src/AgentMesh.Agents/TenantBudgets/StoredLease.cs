using System.Text.Json.Serialization;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.TenantBudgets;

/// <summary>
/// A part of what a tenant may spend, in the hands of one process. Amounts are of all of its life, so whatever says them twice changes nothing.
/// </summary>
/// <param name="Id">Made by its holder, for this lease only.</param>
/// <param name="Holder">The process.</param>
/// <param name="Asset">Of what.</param>
/// <param name="Revision">The number of what was last heard of it. A JSON integer below 2^48.</param>
/// <param name="Granted">What may be spent of it, and counts as spent until the holder says otherwise.</param>
/// <param name="Spent">What is known to be spent, and is posted.</param>
/// <param name="Until">When what is left counts as spent for good.</param>
/// <param name="EndedAt">When it was over; null: it is not.</param>
public sealed record StoredLease(
    string Id,
    string Holder,
    string Asset,
    long Revision,
    [property: JsonConverter(typeof(AtomicAmountConverter))] UInt128 Granted,
    [property: JsonConverter(typeof(AtomicAmountConverter))] UInt128 Spent,
    DateTimeOffset Until,
    DateTimeOffset? EndedAt)
{
    /// <summary>What is held by it: nothing when it is over, for it ends with no more granted than was spent.</summary>
    [JsonIgnore]
    public UInt128 Open => Amounts.Minus(Granted, Spent);

    /// <summary>The lease when it is over.</summary>
    internal StoredLease End(UInt128 spent, DateTimeOffset now) => this with { Granted = spent, Spent = spent, EndedAt = now };
}
