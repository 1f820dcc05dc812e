using System.ComponentModel.DataAnnotations;
using AgentMesh.Agents.Limits;
using AgentMesh.Agents.Mail;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Mail;

/// <summary>Section <c>AgentMesh:Mail</c>: messages between agents.</summary>
internal sealed class MailOptions
{
    internal const string Section = "AgentMesh:Mail";

    /// <summary>Messages that one agent sends in any window, answers to others' mail not counted. Default 600. 0: as many as it will.</summary>
    [Range(0, RateRule.MaxPermits)]
    public int RatePermits { get; set; } = 600;

    /// <summary>Seconds of the window. Default 60.</summary>
    [Range(1, 86_400)]
    public int RateWindowSeconds { get; set; } = 60;

    /// <summary>By how many agents a message may have come: its sender, the one whose message has led to it, and so on. Default 8.</summary>
    [Range(1, MailLimits.MaxHops)]
    public int MaxHops { get; set; } = 8;

    /// <summary>
    /// Seconds after which messages that a process had in hand when it died are brought by another one, and answers whose turns were over are sent. Default 15;
    /// an agent that writes to others sets its reminder once in this time.
    /// </summary>
    [Range(1, 300)]
    public int LeaseSeconds { get; set; } = 15;

    /// <summary>
    /// Tenants whose agents may send those of another tenant something, if these allow it by name: <c>acme&gt;default</c>. None by default: mail stays within
    /// its tenant.
    /// </summary>
    public IList<string> AcrossTenants { get; } = [];

    /// <summary>Messages that this process brings at a time. Default 64.</summary>
    [Range(1, 1024)]
    public int Concurrency { get; set; } = 64;

    /// <summary>Those among them of one agent. Default 2: an agent that sends to many leaves room for others.</summary>
    [Range(1, 64)]
    public int RunsOfAnAgent { get; set; } = 2;

    /// <summary>
    /// Messages of one agent that this process brings in a second, after 20 at once; more wait their turn. Default 50. At least 20: the 256 that an agent may have
    /// under way are then brought before the default lease is over. With a shorter one some that still wait here are given to another run too, and taken once.
    /// </summary>
    [Range(20, 10_000)]
    public int DeliveriesPerSecond { get; set; } = 50;

    /// <summary>The tenant of outside services that publish messages to agents, and of the agents they name without one. Default <c>default</c>.</summary>
    public string InboundTenant { get; set; } = "default";

    /// <summary>
    /// Which names outside services may send under, as in a mail policy, with commas between: <c>billing</c>, <c>svc-*</c>. Default in Development <c>*</c>: any,
    /// which includes those of users. Else empty: no such messages are taken until it is said whose.
    /// </summary>
    public string InboundFrom { get; set; } = "";

    internal bool IsValid => AcrossTenants.All(pair => Parse(pair) is not null);

    internal bool IsInboundValid => TenantId.TryParse(InboundTenant, out _) && InboundSenders.All(MailPattern.IsWellFormed);

    internal TenantId InboundTenantId => TenantId.Parse(InboundTenant);

    internal IReadOnlyList<string> InboundSenders => InboundFrom.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>True when a service may send under this name.</summary>
    internal bool TakesFrom(AgentKey sender) => InboundSenders.Any(pattern => MailPattern.Matches(pattern, sender, sender.Tenant));

    internal MailRules Rules => new(
        RatePermits == 0 ? null : new RateRule(RatePermits, TimeSpan.FromSeconds(RateWindowSeconds)), MaxHops, [.. AcrossTenants.Select(pair => Parse(pair)!.Value)])
    {
        Lease = TimeSpan.FromSeconds(LeaseSeconds),
    };

    private static (TenantId From, TenantId To)? Parse(string pair) =>
        pair.Split('>') is [var from, var to] && TenantId.TryParse(from.Trim(), out var sender) && TenantId.TryParse(to.Trim(), out var receiver) ? (sender, receiver) : null;
}
