using System.Collections.Immutable;
using AgentMesh.Agents.Limits;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Mail;

/// <summary>How mail is set up.</summary>
/// <param name="Rate">How many messages an agent may send; null: as many as it will.</param>
/// <param name="MaxHops">By how many agents a message may have come, 1 to <see cref="MailLimits.MaxHops"/>.</param>
/// <param name="AcrossTenants">Pairs of tenants of which the first's agents may send the second's something, if those allow it.</param>
public sealed record MailRules(RateRule? Rate, int MaxHops, ImmutableArray<(TenantId From, TenantId To)> AcrossTenants)
{
    /// <summary>How long a run of a line is waited for before another one takes it, and an answer is left to its turn before somebody looks.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>True when agents of a tenant may send those of another, or of the same, something.</summary>
    public bool MayMessage(TenantId from, TenantId to) => from == to || AcrossTenants.Contains((from, to));
}
