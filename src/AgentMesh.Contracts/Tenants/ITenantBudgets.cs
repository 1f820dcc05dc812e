using AgentMesh.Contracts.Agents;
using Dapr.Actors;

namespace AgentMesh.Contracts.Tenants;

/// <summary>
/// What a tenant's agents may spend together, and whether at all. Agents never ask it: the processes that they live in do, in the background, and
/// gateways for operators, and for who asks whether something might be spent.
/// </summary>
public interface ITenantBudgets : IActor
{
    /// <summary>What a process has to know before an agent of the tenant spends. Asked twice a second while any does.</summary>
    Task<Reply<TenantState>> GetTenantState(GetTenantState request, CancellationToken cancellationToken);

    /// <summary>
    /// Gives a process a part of what the tenant may spend, gives it more, or for longer. Each call says all of the lease anew, with a number that
    /// rises, so a repeat changes nothing. A lease that is not heard of until its end is counted as spent. Refused with <c>lease_ended</c>; what the
    /// process cannot have is in the answer.
    /// </summary>
    Task<Reply<TenantLease>> TakeLease(TakeLease request, CancellationToken cancellationToken);

    /// <summary>Ends a lease: what was not spent of it is the tenant's again. Refused with <c>lease_ended</c> when it has ended before.</summary>
    Task<Reply<TenantLease>> SettleLease(SettleLease request, CancellationToken cancellationToken);

    /// <summary>Says whether a process would get so much for a payment of one of its agents now. Nothing is set aside, and nothing is remembered of it.</summary>
    Task<Reply<SpendingCheck>> CheckSpending(CheckSpending request, CancellationToken cancellationToken);

    /// <summary>The tenant's limits and what they have come to, for operators.</summary>
    Task<Reply<TenantBudget>> GetTenantBudget(CancellationToken cancellationToken);

    /// <summary>Sets all limits. What was spent stays counted. Refused with <c>invalid_budget</c>.</summary>
    Task<Reply<TenantBudget>> SetTenantLimits(SetTenantLimits request, CancellationToken cancellationToken);

    /// <summary>Stops the spending of the tenant, or notes that one of its agents is frozen. A repeat changes nothing.</summary>
    Task<Reply<TenantFreeze>> FreezeTenant(FreezeTenant request, CancellationToken cancellationToken);

    /// <summary>Lets the tenant spend again, or notes that one of its agents does. A repeat changes nothing.</summary>
    Task<Reply<TenantFreeze>> UnfreezeTenant(UnfreezeTenant request, CancellationToken cancellationToken);
}

/// <summary>Asks what the tenant's agents may do.</summary>
/// <param name="Version">What the process knows; 0: nothing.</param>
/// <param name="Holder">The process that asks.</param>
public sealed record GetTenantState(long Version, string Holder);

/// <summary>What the tenant's agents may do.</summary>
/// <param name="Version">Rises with every change.</param>
/// <param name="Now">The tenant's time.</param>
/// <param name="Rules">What it is; null: as in the version that was asked with.</param>
public sealed record TenantState(long Version, DateTimeOffset Now, TenantRules? Rules);

/// <summary>Who may spend, and of what only with a lease.</summary>
/// <param name="IsFrozen">Nothing of the tenant spends.</param>
/// <param name="FrozenAgents">The users whose agents do not.</param>
/// <param name="LimitedAssets">The assets of which the tenant has a limit.</param>
public sealed record TenantRules(bool IsFrozen, IReadOnlyList<string> FrozenAgents, IReadOnlyList<string> LimitedAssets);

/// <summary>Asks for a lease, or for more of one. Amounts are atomic units as decimal digits, from the beginning of the lease on.</summary>
/// <param name="Id">Made by the holder, used for one lease only.</param>
/// <param name="Revision">From 1, one more with every call about the lease that says something new.</param>
/// <param name="Holder">The process.</param>
/// <param name="Asset">Of what.</param>
/// <param name="Spent">What is known to be spent.</param>
/// <param name="Least">What the lease has to come to.</param>
/// <param name="Wanted">What it would better come to; the tenant gives as much of that as leaves enough for others.</param>
public sealed record TakeLease(string Id, long Revision, string Holder, string Asset, string Spent, string Least, string Wanted);

/// <summary>Ends a lease.</summary>
/// <param name="Id">The lease.</param>
/// <param name="Revision">As in <see cref="TakeLease"/>.</param>
/// <param name="Spent">What was spent of it.</param>
public sealed record SettleLease(string Id, long Revision, string Spent);

/// <summary>A lease as it stands.</summary>
/// <param name="Granted">What it comes to, from its beginning on; atomic units.</param>
/// <param name="Seconds">How long it goes on, from when it was asked for; 0: it is over, and nothing may be spent of it.</param>
/// <param name="IsLimited">False: the tenant has no limit of that asset, and nobody needs a lease.</param>
/// <param name="Shortage">Why it is less than the least that was asked for; null: it is not.</param>
public sealed record TenantLease(string Granted, int Seconds, bool IsLimited, TenantShortage? Shortage);

/// <summary>What a tenant has not.</summary>
/// <param name="Code"><c>budget_exceeded</c>, or <c>too_many_leases</c>, or <c>tenant_frozen</c>.</param>
/// <param name="Detail">Why, for people.</param>
/// <param name="Window">The window that is full; null: it is none.</param>
/// <param name="Available">What is left that no process has, the one that asks included; atomic units.</param>
/// <param name="ResetsAt">When there may be more again; null: when others give back what they have, or an operator sets another limit.</param>
public sealed record TenantShortage(string Code, string Detail, string? Window, string Available, DateTimeOffset? ResetsAt);

/// <summary>Asks whether so much might be spent.</summary>
/// <param name="User">Whose agent would spend it.</param>
/// <param name="Asset">Of what.</param>
/// <param name="Missing">What the agent's process would ask for, because it has not enough in hand; atomic units, decimal digits.</param>
/// <param name="Lease">How it would ask; null: for a lease, because it has none.</param>
public sealed record CheckSpending(string User, string Asset, string Missing, TakeLease? Lease);

/// <summary>Whether so much might be spent.</summary>
/// <param name="Stop">Why not; null: it might.</param>
public sealed record SpendingCheck(SpendingStop? Stop);

/// <summary>Sets a tenant's limits.</summary>
/// <param name="Limits">All of them; at most 8.</param>
public sealed record SetTenantLimits(IReadOnlyList<TenantLimitRequest> Limits);

/// <summary>A limit to set.</summary>
/// <param name="Asset"><c>USD</c> (micro-USD), or a token in CAIP-19.</param>
/// <param name="Window"><c>once</c>, <c>rolling:24h</c>, <c>calendar:day:Europe/Berlin</c>, …</param>
/// <param name="Limit">Atomic units, decimal digits.</param>
public sealed record TenantLimitRequest(string Asset, string Window, string Limit);

/// <summary>All that is known of what a tenant spends.</summary>
/// <param name="Version">Of its freezes and assets.</param>
/// <param name="Frozen">Since when, and why; null: it is not.</param>
/// <param name="FrozenAgents">The users whose agents are.</param>
/// <param name="Limits">Its limits.</param>
/// <param name="Leases">What processes have of it.</param>
public sealed record TenantBudget(
    long Version, TenantFrozen? Frozen, IReadOnlyList<string> FrozenAgents, IReadOnlyList<TenantLimitState> Limits, IReadOnlyList<TenantLeaseState> Leases);

/// <summary>A freeze that stands.</summary>
/// <param name="Reason">Why.</param>
/// <param name="At">Since when.</param>
public sealed record TenantFrozen(string Reason, DateTimeOffset At);

/// <summary>A limit and what it has come to. Amounts are atomic units as decimal digits.</summary>
/// <param name="Asset">Of what.</param>
/// <param name="Window">In what time.</param>
/// <param name="Limit">The limit.</param>
/// <param name="Posted">What was spent, as far as processes have said, and what they have not said in time.</param>
/// <param name="Held">What processes have and have not spent, or not said so yet.</param>
/// <param name="Available">What is left.</param>
/// <param name="ResetsAt">When it begins anew, or when the first of what was spent leaves it; null: never, or there is nothing to leave.</param>
public sealed record TenantLimitState(string Asset, string Window, string Limit, string Posted, string Held, string Available, DateTimeOffset? ResetsAt);

/// <summary>A lease.</summary>
/// <param name="Holder">The process.</param>
/// <param name="Asset">Of what.</param>
/// <param name="Held">What it may still spend, or has and not said so.</param>
/// <param name="Until">When it is counted as spent.</param>
public sealed record TenantLeaseState(string Holder, string Asset, string Held, DateTimeOffset Until);

/// <summary>Freezes.</summary>
/// <param name="User">Whose agent; null: the tenant.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record FreezeTenant(string? User, string Reason);

/// <summary>Unfreezes.</summary>
/// <param name="User">Whose agent; null: the tenant.</param>
public sealed record UnfreezeTenant(string? User);

/// <summary>What stands then.</summary>
/// <param name="Version">The version that has it.</param>
/// <param name="Frozen">The tenant's freeze; null: it is none.</param>
/// <param name="IsListed">False: the list of frozen agents is full, and the agent's own record is all that says it.</param>
public sealed record TenantFreeze(long Version, TenantFrozen? Frozen, bool IsListed);
