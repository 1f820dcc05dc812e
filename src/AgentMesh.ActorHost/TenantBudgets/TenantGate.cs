using AgentMesh.Agents.Freezing;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.TenantBudgets;

/// <summary>
/// What a tenant has to say before one of its agents spends. Who runs something that costs reserves first, outside of the agent's turn; the agent's
/// turn asks <see cref="Check(string)"/> right before it grants a hold; who ran it returns what was not spent.
/// </summary>
internal sealed class TenantGate(TenantWatch watch, TenantLeases leases)
{
    /// <summary>
    /// Why an agent spends nothing; null: it may. From memory, so a turn can ask. The first question about a tenant is answered with
    /// <c>tenant_unknown</c>, and so is any while nothing is heard of it: to be asked again.
    /// </summary>
    public Refusal? Check(AgentKey agent) => watch.Check(agent.Tenant, agent.User.ToString());

    /// <summary>As <see cref="Check(AgentKey)"/>, by the actor id; one that is none of ours spends nothing.</summary>
    public Refusal? Check(string agentId) => AgentKey.TryParse(agentId, out var agent) ? Check(agent) : FreezeRefusals.TenantUnknown;

    /// <summary>Why no agent of the tenant spends; null: they may.</summary>
    public Refusal? Check(TenantId tenant) => watch.Check(tenant, null);

    /// <summary>How a tenant would be asked, to set aside so much, atomic units; null: for a new lease. From memory, and nothing is set aside.</summary>
    /// <returns>And how much the process has not in hand.</returns>
    public (UInt128 Missing, TakeLease? Request) Ask(TenantId tenant, string asset, UInt128 amount) => leases.Ask(tenant, asset, amount);

    /// <summary>
    /// Sets aside so much of what the tenant may spend, which costs nothing where it has no limit. Waits until something is known of the tenant, three
    /// seconds at most. Counts as spent until it is returned, and for good when it is not.
    /// </summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="asset">Of what.</param>
    /// <param name="amount">How much, in atomic units: what the hold will be asked for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>
    /// Refused with a <see cref="AgentMesh.Agents.Budgets.BudgetRefusal"/> of the scope <c>tenant</c>, with <c>tenant_frozen</c>, or with
    /// <c>tenant_unknown</c> or <c>too_many_leases</c>, which pass: to be asked again.
    /// </returns>
    public Task<Result<TenantReservation>> ReserveAsync(TenantId tenant, string asset, UInt128 amount, CancellationToken cancellationToken) =>
        leases.ReserveAsync(tenant, asset, amount, cancellationToken);

    /// <summary>Says what was not spent of a reservation, once; it changes nothing when the tenant has counted it as spent by then.</summary>
    /// <param name="reservation">The reservation.</param>
    /// <param name="unspent">All of it when there was no hold, else what the hold was not posted with; atomic units.</param>
    public static void Return(TenantReservation reservation, UInt128 unspent) => reservation.Account?.Return(reservation, unspent);

    /// <summary>Returns all of a reservation but a part, which stays set aside.</summary>
    /// <param name="reservation">The reservation, which is nobody's any more.</param>
    /// <param name="amount">The part; atomic units.</param>
    /// <returns>A reservation of the part; of nothing when there was none, or when the tenant has counted it as spent by then.</returns>
    public static TenantReservation Shrink(TenantReservation reservation, UInt128 amount) => reservation.Account?.Shrink(reservation, amount) ?? TenantReservation.None;
}
