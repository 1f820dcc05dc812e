namespace AgentMesh.Gateway.Admin;

/// <summary>Limits of a tenant, all of them.</summary>
/// <param name="Limits">At most 8; none: the tenant does not limit its agents.</param>
internal sealed record TenantBudgetRequest(IReadOnlyList<TenantLimitRequestItem>? Limits);

/// <summary>A limit to set.</summary>
/// <param name="Asset"><c>USD</c> (micro-USD), or a token in CAIP-19 such as <c>eip155:84532/erc20:0x036c…</c>, in lower case.</param>
/// <param name="Window"><c>once</c>, <c>rolling:24h</c>, <c>calendar:day:Europe/Berlin</c> or the like.</param>
/// <param name="Limit">Atomic units in decimal digits.</param>
internal sealed record TenantLimitRequestItem(string? Asset, string? Window, string? Limit);

/// <summary>Limits of a tenant and what they have come to.</summary>
/// <param name="Limits">The limits.</param>
internal sealed record TenantBudgetResponse(IReadOnlyList<TenantLimitResponse> Limits);

/// <summary>A limit and what it has come to. Amounts are atomic units in decimal digits.</summary>
/// <param name="Scope"><c>tenant</c>.</param>
/// <param name="Asset">Of what.</param>
/// <param name="Window">In what time.</param>
/// <param name="Limit">The limit.</param>
/// <param name="Posted">What was spent, and what was in the hands of processes that died.</param>
/// <param name="Held">What processes have to spend, or have spent and not reported yet.</param>
/// <param name="Available">What is left.</param>
/// <param name="ResetsAt">When it begins anew, or the oldest spending leaves it; null: never, or nothing was spent.</param>
internal sealed record TenantLimitResponse(
    string Scope, string Asset, string Window, string Limit, string Posted, string Held, string Available, DateTime? ResetsAt);

/// <summary>A tenant.</summary>
/// <param name="TenantId">Its name.</param>
/// <param name="IsFrozen">Nothing of it spends.</param>
/// <param name="Reason">Why not.</param>
/// <param name="FrozenAt">Since when not.</param>
/// <param name="FrozenAgents">Its users whose agents do not spend.</param>
/// <param name="Limits">Its limits.</param>
/// <param name="Leases">What its processes have of them.</param>
internal sealed record TenantResponse(
    string TenantId, bool IsFrozen, string? Reason, DateTime? FrozenAt, IReadOnlyList<string> FrozenAgents, IReadOnlyList<TenantLimitResponse> Limits,
    IReadOnlyList<TenantLeaseResponse> Leases);

/// <summary>A part of a tenant's limit in the hands of a process.</summary>
/// <param name="Holder">The process.</param>
/// <param name="Asset">Of what.</param>
/// <param name="Held">What it may spend, or has and not reported yet; atomic units.</param>
/// <param name="Until">When it counts as spent, if nothing is heard of it.</param>
internal sealed record TenantLeaseResponse(string Holder, string Asset, string Held, DateTime Until);
