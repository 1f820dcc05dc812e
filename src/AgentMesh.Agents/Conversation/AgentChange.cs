using System.Collections.Immutable;
using AgentMesh.Agents.Approvals;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Mail;
using AgentMesh.Agents.Payments;
using AgentMesh.Agents.Policies;
using AgentMesh.Agents.Purchases;
using AgentMesh.Agents.Schedules;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.Turns;

namespace AgentMesh.Agents.Conversation;

/// <summary>Records to store in one transaction, the head last. What is empty or null stays as it is.</summary>
/// <param name="Head">The head after it.</param>
public sealed record AgentChange(AgentHead Head)
{
    /// <summary>Idempotency buckets: none without a key, else its bucket and at most one that was pruned to make room.</summary>
    public ImmutableArray<NumberedBucket> Buckets { get; init; } = [];

    /// <summary>The session of <see cref="Pages"/>.</summary>
    public string SessionId { get; init; } = SessionNames.Default;

    /// <summary>Pages of messages, by rising number.</summary>
    public ImmutableArray<NumberedPage> Pages { get; init; } = [];

    /// <summary>The record of <see cref="SessionId"/>; null for the default session, which is in the head.</summary>
    public SessionRecord? Session { get; init; }

    /// <summary>Pages of events, by rising number.</summary>
    public ImmutableArray<NumberedEvents> Events { get; init; } = [];

    /// <summary>Pages of events to remove: one for each that begins, and many events begin several.</summary>
    public ImmutableArray<int> TrimmedEvents { get; init; } = [];

    /// <summary>The turns that are not over; its record goes when there are none.</summary>
    public TurnTable? Turns { get; init; }

    /// <summary>The schedules; its record goes when there are none.</summary>
    public ScheduleTable? Schedules { get; init; }

    /// <summary>The payment that the message is worked on for, or that the agent makes.</summary>
    public PaymentChange? Payment { get; init; }

    /// <summary>A purchase, and what is known of the others.</summary>
    public PurchaseRecords? Purchase { get; init; }

    /// <summary>What the agent may spend and has spent.</summary>
    public Ledger? Ledger { get; init; }

    /// <summary>What the policy remembers of payments.</summary>
    public SpendingMemory? Spending { get; init; }

    /// <summary>The approvals.</summary>
    public ApprovalTable? Approvals { get; init; }

    /// <summary>The mailbox.</summary>
    public MailRecords? Mail { get; init; }

    /// <summary>How far events are published.</summary>
    public PublishedRecord? Published { get; init; }
}

/// <summary>A page to store.</summary>
/// <param name="N">Its number.</param>
/// <param name="Page">Its content.</param>
public readonly record struct NumberedPage(int N, MessagePage Page);

/// <summary>A bucket to store.</summary>
/// <param name="N">Its number.</param>
/// <param name="Bucket">Its content.</param>
public readonly record struct NumberedBucket(int N, IdempotencyBucket Bucket);
