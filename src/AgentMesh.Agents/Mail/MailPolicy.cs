using System.Collections.Immutable;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Mail;

/// <summary>What becomes of what others send an agent, and who may.</summary>
/// <param name="Receive">What is done with it.</param>
/// <param name="Allow">Who may send it something, see <see cref="MailPattern"/>; none: all of its tenant. Agents of other tenants only by name of their tenant.</param>
/// <param name="Deny">Who may not, whatever else is said.</param>
public sealed record MailPolicy(MailReceipt Receive, ImmutableArray<string> Allow, ImmutableArray<string> Deny)
{
    /// <summary>The policy of agents whose owner has said nothing: everybody of the tenant may, and it is stored.</summary>
    public static MailPolicy Default { get; } = new(MailReceipt.Store, [], []);

    /// <summary>A policy of an owner's words, or what is wrong with it.</summary>
    /// <param name="receive"><c>store</c>, <c>answer</c> or <c>ignore</c>; null: <c>store</c>.</param>
    /// <param name="allow">Patterns.</param>
    /// <param name="deny">Patterns.</param>
    public static Result<MailPolicy> Create(string? receive, IReadOnlyList<string>? allow, IReadOnlyList<string>? deny)
    {
        MailReceipt? known = receive switch
        {
            null or "store" => MailReceipt.Store,
            "answer" => MailReceipt.Answer,
            "ignore" => MailReceipt.Ignore,
            _ => null,
        };
        if (known is not { } does)
            return MailRefusals.InvalidPolicy("receive is store, answer or ignore");
        foreach (var list in (IReadOnlyList<string>[])[allow ?? [], deny ?? []])
        {
            if (list.Count > MailLimits.Patterns)
                return MailRefusals.InvalidPolicy($"there are at most {MailLimits.Patterns} patterns in a list");
            if (list.FirstOrDefault(pattern => !MailPattern.IsWellFormed(pattern)) is not null)
                return MailRefusals.InvalidPolicy("a pattern is a user, the beginning of one and *, or *, and a tenant and a colon before it for another tenant's");
        }

        return new MailPolicy(does, [.. allow ?? []], [.. deny ?? []]);
    }

    /// <summary>True when the sender may send the agent something.</summary>
    /// <param name="from">The sender.</param>
    /// <param name="to">The agent whose policy it is.</param>
    /// <param name="rules">How mail is set up.</param>
    internal bool Allows(AgentKey from, AgentKey to, MailRules rules)
    {
        if (Deny.Any(pattern => MailPattern.Matches(pattern, from, to.Tenant)))
            return false;
        var isAllowed = Allow.Any(pattern => MailPattern.Matches(pattern, from, to.Tenant));
        return from.Tenant == to.Tenant ? isAllowed || Allow.IsEmpty : isAllowed && rules.MayMessage(from.Tenant, to.Tenant);
    }

    /// <inheritdoc/>
    public bool Equals(MailPolicy? other) => other is not null && Receive == other.Receive && Allow.SequenceEqual(other.Allow) && Deny.SequenceEqual(other.Deny);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Receive, Allow.Length, Deny.Length);
}

/// <summary>What an agent does with what others send it.</summary>
public enum MailReceipt
{
    /// <summary>It is kept in the inbox.</summary>
    Store,

    /// <summary>It is kept in the inbox, its responder answers it in a session of the two, and the answer is sent back.</summary>
    Answer,

    /// <summary>It is taken and not kept. The sender is not told.</summary>
    Ignore,
}
