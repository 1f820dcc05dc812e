using System.Collections.Immutable;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.DueWork;

/// <summary>
/// Which tenants have due work, and when to look at each. One record for the whole mesh, <see cref="Key"/> in the ordinary state API and no
/// actor's: whoever sweeps reads it and wakes nobody.
/// </summary>
/// <param name="Tenants">At most one entry for each tenant.</param>
public sealed record DueTenants(ImmutableArray<TenantDue> Tenants)
{
    /// <summary>Its key.</summary>
    public const string Key = "due-tenants";

    /// <summary>No tenant.</summary>
    public static DueTenants Empty { get; } = new(ImmutableArray<TenantDue>.Empty);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.DueTenants;

    /// <summary>When to look at a tenant; null: nothing is known of it.</summary>
    public DateTimeOffset? Of(string tenant) => Find(tenant)?.At;

    /// <summary>The tenants to look at, the earliest first.</summary>
    public IEnumerable<TenantDue> Due(DateTimeOffset at) => Tenants.Where(tenant => tenant.At <= at).OrderBy(tenant => tenant.At);

    /// <summary>The tenant is looked at by then. A tenant beyond <see cref="DueLimits.Tenants"/> is not taken.</summary>
    public DueTenants NoLaterThan(string tenant, DateTimeOffset at) => Of(tenant) <= at || Of(tenant) is null && Tenants.Length >= DueLimits.Tenants
        ? this
        : At(tenant, at);

    /// <summary>The tenant is looked at then; null: not again.</summary>
    public DueTenants At(string tenant, DateTimeOffset? at)
    {
        var rest = Find(tenant) is { } known ? Tenants.Remove(known) : Tenants;
        return this with { Tenants = at is { } time ? rest.Add(new TenantDue(tenant, time.WholeMilliseconds())) : rest };
    }

    private TenantDue? Find(string tenant) => Tenants.FirstOrDefault(known => known.Tenant == tenant);
}

/// <summary>A tenant with due work.</summary>
/// <param name="Tenant">Its name.</param>
/// <param name="At">When to look at it: at the earliest time in its index, or before.</param>
public sealed record TenantDue(string Tenant, DateTimeOffset At);
