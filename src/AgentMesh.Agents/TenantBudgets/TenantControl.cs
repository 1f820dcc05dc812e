using System.Collections.Immutable;
using AgentMesh.Agents.Freezing;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.TenantBudgets;

/// <summary>
/// What every process with agents of a tenant has to know before one of them spends, and asks for again and again: small, and with a version, so that
/// most answers are that it is still the same. State key <c>control</c>.
/// </summary>
/// <param name="Version">Rises with every change. A JSON integer below 2^48.</param>
/// <param name="Frozen">Nothing of the tenant spends; null: it does.</param>
/// <param name="Agents">The users whose agents are frozen, in order.</param>
/// <param name="Assets">The assets of which the tenant has a limit, in order: those need a lease.</param>
public sealed record TenantControl(long Version, FreezeRecord? Frozen, ImmutableArray<string> Agents, ImmutableArray<string> Assets)
{
    /// <summary>A tenant of which nothing was ever said.</summary>
    public static TenantControl Empty { get; } = new(0, null, [], []);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.TenantControl;

    /// <summary>False: the list of frozen agents is full, and freezing that one changes nothing.</summary>
    public bool HasRoomFor(string user) => Agents.Length < FreezeLimits.ListedAgents || Agents.Contains(user);

    /// <summary>Stops the tenant's spending. A repeat changes nothing.</summary>
    public TenantControl Freeze(string reason, DateTimeOffset now) =>
        Frozen is null ? Next() with { Frozen = new FreezeRecord(reason, now.WholeMilliseconds()) } : this;

    /// <summary>Lets it spend again. Agents that are frozen themselves stay so.</summary>
    public TenantControl Unfreeze() => Frozen is null ? this : Next() with { Frozen = null };

    /// <summary>An agent is frozen.</summary>
    public TenantControl Freeze(string user) => Agents.Contains(user) || !HasRoomFor(user)
        ? this
        : Next() with { Agents = Agents.Add(user).Sort(StringComparer.Ordinal) };

    /// <summary>An agent is not frozen any more.</summary>
    public TenantControl Unfreeze(string user) => Agents.Contains(user) ? Next() with { Agents = Agents.Remove(user) } : this;

    /// <summary>The tenant has other limits, of these assets: who hears of a new version looks at its leases at once.</summary>
    public TenantControl Limit(IEnumerable<string> assets) => Next() with { Assets = [.. assets.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)] };

    private TenantControl Next() => this with { Version = Version + 1 };
}
