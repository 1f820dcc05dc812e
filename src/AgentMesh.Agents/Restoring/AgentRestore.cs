using System.Collections.Immutable;
using System.Text;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.State;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Restoring;

/// <summary>
/// Makes an agent from an export, in parts of a bounded size, each safe to repeat. Until the last one the agent refuses everything else, so nobody sees half of it.
/// Messages keep their numbers and their times. They are history and no news: the event log begins behind them, so nobody is told of them and nothing is published.
/// </summary>
public static class AgentRestore
{
    /// <summary>Longest answer of an agent, bytes of UTF-8. What callers may send is <see cref="ConversationLimits.ContentBytes"/>.</summary>
    public const int AnswerBytes = 512 * 1024;

    /// <summary>Pages of 64 numbers have numbers of 31 bits; this leaves as many again for what comes after.</summary>
    private const long MaxSeq = 1L << 36;

    /// <summary>Begins. A repeat changes nothing.</summary>
    /// <param name="head">The agent's head; <see cref="AgentHead.Unborn"/> for an agent never written to.</param>
    /// <param name="id">Of the restore.</param>
    /// <param name="lastSeq">The last number that the exported agent had given out; 0 when that is not known.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    /// <returns>The records to store; null: a repeat.</returns>
    public static Result<AgentRestoreStep> Begin(AgentHead head, string id, long lastSeq, long epoch, DateTimeOffset now)
    {
        if (head.Epoch != 0)
        {
            if (head.Restoring == id)
                return new AgentRestoreStep(null);
            return StoredConversation.CheckHead(head) ?? ConversationRefusals.AgentExists;
        }

        if (lastSeq is < 0 or > MaxSeq)
            return ConversationRefusals.InvalidExport("lastSeq is no number of an event.");
        return new AgentRestoreStep(new AgentChange(Reserve(head, lastSeq) with { Restoring = id, Epoch = epoch, LastActive = now.WholeMilliseconds() }));
    }

    /// <summary>The head for a part that has rules of its own: as of an agent that can be used. What is to be stored goes through <see cref="Within"/>.</summary>
    /// <param name="head">The agent's head; null when it has none.</param>
    /// <param name="id">Of the restore.</param>
    public static Result<AgentHead> Enter(AgentHead? head, string id)
    {
        if (head is null)
            return Lost;
        if (head.IsErasing || head.Restoring != id)
            return StoredConversation.CheckHead(head) ?? Lost;
        var entered = head with { Restoring = null };
        return StoredConversation.CheckHead(entered) is { } damaged ? damaged : entered;
    }

    /// <summary>The change, of an agent that is still being restored.</summary>
    public static AgentChange Within(AgentChange change, string id) => change with { Head = change.Head with { Restoring = id } };

    /// <summary>Makes a session. Its time to live begins anew, or it would end as it comes.</summary>
    /// <param name="head">Of <see cref="Enter"/>.</param>
    /// <param name="index">The sessions so far.</param>
    /// <param name="expiries">When they end; null when none does.</param>
    /// <param name="existing">What is stored under its id; null when nothing is.</param>
    /// <param name="session">The session.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<SessionChange> Session(
        AgentHead head, SessionIndex index, SessionExpiries? expiries, SessionRecord? existing, RestoredSession session, long epoch, DateTimeOffset now)
    {
        if (!SessionId.IsId(session.Id))
            return ConversationRefusals.InvalidExport("A session has an id that is none.");
        // Zero: for ever, as the exported one.
        var ttl = SessionExpiry.Choose(session.TtlSeconds ?? 0, 0);
        var made = SessionChanges.Create(head, index, existing, session.Id, expiries, session.Metadata, ttl, epoch, now);
        if (made.IsRefused || made.Value is not { IsChanged: true, Session: { } record, Agent: { } agent })
            return made;
        return made.Value with
        {
            Session = record with { CreatedAt = session.CreatedAt.WholeMilliseconds(), LastActive = record.TtlSeconds is null ? session.LastActive.WholeMilliseconds() : record.LastActive },
            // None ends before all of the agent is there.
            Agent = agent with { Head = agent.Head with { NextExpiry = null } },
        };
    }

    /// <summary>Appends messages to a session. Those that are there already are left out, so that a repeat changes nothing.</summary>
    /// <param name="head">Of <see cref="Enter"/>.</param>
    /// <param name="sessionId">The session's id.</param>
    /// <param name="session">Its record; null for the default one.</param>
    /// <param name="openPage">Its open page, as stored.</param>
    /// <param name="messages">By rising seq.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <returns>The records to store; null: a repeat.</returns>
    public static Result<AgentRestoreStep> Messages(
        AgentHead head, string sessionId, SessionRecord? session, MessagePage? openPage, ImmutableArray<RestoredMessage> messages, long epoch)
    {
        if (sessionId != SessionNames.Default && session is null or { IsDeleted: true })
            return ConversationRefusals.SessionNotFound;
        if (head.EventsFrom <= head.LastSeq)
            return ConversationRefusals.InvalidExport("Messages come before schedules, policies and topics.");
        var opened = StoredConversation.Open(head, session, openPage);
        if (opened.IsRefused)
            return opened.Refusal;
        var last = opened.Value.Messages is [.., var stored] ? stored : null;
        var added = messages.Where(message => message.Seq > (last?.Seq ?? 0)).ToImmutableArray();
        if (added.IsEmpty)
            return new AgentRestoreStep(null);
        var pages = new PageWriter(session?.Page ?? head.Page, opened.Value);
        var (count, bytes, seq, turn) = (head.MessageCount, 0L, last?.Seq ?? 0, last?.Turn);
        foreach (var message in added)
        {
            if (Check(message, seq) is { } refusal)
                return refusal;
            seq = message.Seq;
            turn = message.Role == MessageRole.User ? seq : turn ?? seq;
            bytes += pages.Append(new StoredMessage(seq, message.Role, message.Content, message.At.WholeMilliseconds(), turn.Value, ++count));
        }

        head = Reserve(head, seq) with { MessageCount = count, Turn = Math.Max(head.Turn, turn!.Value), StoredBytes = head.StoredBytes + bytes, Epoch = epoch };
        if (count > head.LastSeq)
            return ConversationRefusals.InvalidExport("Two messages have one number.");
        return new AgentRestoreStep(new AgentChange(session is null ? head with { Page = pages.Open } : head)
        {
            SessionId = sessionId,
            Pages = pages.ToStore(),
            Session = session is null ? null : session with
            {
                Page = pages.Open,
                MessageCount = session.MessageCount + added.Length,
                LastSeq = seq,
                StoredBytes = session.StoredBytes + bytes,
            },
        });
    }

    /// <summary>Ends: the agent can be used. A repeat changes nothing.</summary>
    /// <param name="head">The agent's head; null when it has none.</param>
    /// <param name="id">Of the restore.</param>
    /// <param name="createdAt">What the head said of the agent when the restore began.</param>
    /// <param name="expiries">When sessions end; null when none does.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    public static Result<AgentRestoreStep> End(AgentHead? head, string id, DateTimeOffset createdAt, SessionExpiries? expiries, long epoch)
    {
        if (head is { Restoring: null, IsErasing: false } && head.CreatedAt == createdAt)
            return new AgentRestoreStep(null);
        var entered = Enter(head, id);
        return entered.IsRefused ? entered.Refusal : new AgentRestoreStep(new AgentChange(entered.Value with { Epoch = epoch, NextExpiry = expiries?.Next }));
    }

    private static Refusal Lost { get; } = ConversationRefusals.InvalidExport("The restore is not under way any more: the agent was deleted, or restored by another.");

    private static Refusal? Check(RestoredMessage message, long after)
    {
        if (message.Seq <= after || message.Seq > MaxSeq)
            return ConversationRefusals.InvalidExport("A message has a number that is not greater than that of the message before it.");
        var isValid = message.Role == MessageRole.User ? MessagePosting.IsValid(message.Content) : Encoding.UTF8.GetByteCount(message.Content) <= AnswerBytes;
        return isValid ? null : ConversationRefusals.InvalidExport("A message is empty or too long.");
    }

    /// <summary>Numbers up to a page's end are given out, and the log begins behind them: on a page of its own, as nothing is stored of those before.</summary>
    private static AgentHead Reserve(AgentHead head, long seq)
    {
        if (seq <= head.LastSeq)
            return head;
        var end = EventLogPage.FirstSeq(EventLogPage.NumberOf(seq) + 1) - 1;
        return head with { LastSeq = end, EventsFrom = end + 1 };
    }
}

/// <summary>What a part of a restore comes to.</summary>
/// <param name="Change">The records to store; null: a repeat, nothing is.</param>
public sealed record AgentRestoreStep(AgentChange? Change);

/// <summary>A session of an export.</summary>
/// <param name="Id">Its id.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastActive">Its last message or touch.</param>
/// <param name="Metadata">A JSON object as text; null for none.</param>
/// <param name="TtlSeconds">How long it lives unused; null: for ever.</param>
public sealed record RestoredSession(string Id, DateTimeOffset CreatedAt, DateTimeOffset LastActive, string? Metadata, int? TtlSeconds);

/// <summary>A message of an export.</summary>
/// <param name="Seq">Its number.</param>
/// <param name="Role">Who said it.</param>
/// <param name="Content">The text.</param>
/// <param name="At">When.</param>
public sealed record RestoredMessage(long Seq, MessageRole Role, string Content, DateTimeOffset At);
