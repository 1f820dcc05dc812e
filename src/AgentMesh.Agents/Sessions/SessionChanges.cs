using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.State;
using AgentMesh.Agents.Turns;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Sessions;

/// <summary>Making, changing and removing sessions: each verb is safe to repeat and says what to store.</summary>
public static class SessionChanges
{
    /// <summary>Makes a session. A repeat finds the session there and stores nothing.</summary>
    /// <param name="head">The agent's head; <see cref="AgentHead.Unborn"/> for an agent never written to.</param>
    /// <param name="index">The agent's sessions.</param>
    /// <param name="existing">What is stored under the id; null when nothing is.</param>
    /// <param name="id">Of <see cref="SessionId.Of"/>.</param>
    /// <param name="expiries">When sessions end, as stored; may be null when this one does not.</param>
    /// <param name="metadata">A JSON object as text; null for none.</param>
    /// <param name="ttl">How long it lives unused.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<SessionChange> Create(
        AgentHead head, SessionIndex index, SessionRecord? existing, string id, SessionExpiries? expiries, string? metadata,
        Result<SessionTtl> ttl, long epoch, DateTimeOffset now)
    {
        if (StoredConversation.CheckHead(head) is { } damaged)
            return damaged;
        if (existing is not null)
            return existing.IsDeleted ? ConversationRefusals.SessionNotFound : new SessionChange(id, existing);
        if (index.Count >= SessionLimits.PerAgent)
            return SessionRefusals.TooManySessions;
        var merged = SessionMetadata.Merge(SessionMetadata.None, metadata);
        if (merged.IsRefused)
            return merged.Refusal;
        if (ttl.IsRefused)
            return ttl.Refusal;
        now = now.WholeMilliseconds();
        var session = new SessionRecord(now, now, merged.Value, default, 0, 0, IsDeleted: false, ttl.Value.Seconds);
        var change = new SessionChange(id, session)
        {
            IsChanged = true,
            Index = index.With(id),
            Agent = new AgentChange(head with { Epoch = epoch, LastActive = now }),
        };
        if (SessionExpiry.EndOf(session) is not { } end)
            return change;
        var opened = SessionExpiries.Open(head, expiries);
        if (opened.IsRefused)
            return opened.Refusal;
        var after = opened.Value.With(id, end);
        return change with { Expiries = after, Agent = new AgentChange(change.Agent.Head with { NextExpiry = after.Next }) };
    }

    /// <summary>Merges metadata into a session's, and in any case marks it as used now.</summary>
    /// <param name="session">The stored session; null when there is none.</param>
    /// <param name="id">Its id.</param>
    /// <param name="patch">A JSON object as text (RFC 7396); null changes nothing.</param>
    /// <param name="now">The time.</param>
    public static Result<SessionChange> Update(SessionRecord? session, string id, string? patch, DateTimeOffset now)
    {
        if (session is null or { IsDeleted: true })
            return ConversationRefusals.SessionNotFound;
        var merged = SessionMetadata.Merge(session.Metadata, patch);
        return merged.IsRefused
            ? merged.Refusal
            : new SessionChange(id, session with { Metadata = merged.Value, LastActive = now.WholeMilliseconds() }) { IsChanged = true };
    }

    /// <summary>
    /// Removes a session, or the next part of it: its newest pages first. From the first part on it is gone for everybody; the record
    /// and its place in the index go with the last part, so that what is left over can always be found.
    /// </summary>
    /// <param name="inputs">The agent's records. Turns of the session that are not over end with the first part.</param>
    /// <param name="index">The agent's sessions.</param>
    /// <param name="expiries">When sessions end, as stored; may be null when this one does not.</param>
    /// <param name="session">The stored session; null when there is none.</param>
    /// <param name="id">Its id.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<SessionChange> Delete(
        TurnInputs inputs, SessionIndex index, SessionExpiries? expiries, SessionRecord? session, string id, long epoch, DateTimeOffset now)
    {
        now = now.WholeMilliseconds();
        var opened = ConversationWriter.Open(inputs.Head, inputs.OpenEvents, inputs.Turns, inputs.Funds);
        if (opened.IsRefused)
            return opened.Refusal;
        if (session is null)
            return ConversationRefusals.SessionNotFound;
        var writer = opened.Value;
        foreach (var turn in writer.Turns.Open.Where(turn => turn.Session == id))
            writer.End(turn, TurnRefusals.TurnCanceled, now);
        writer.Head = writer.Head with
        {
            MessageCount = writer.Head.MessageCount - session.MessageCount,
            StoredBytes = writer.Head.StoredBytes - session.StoredBytes,
        };
        var agent = writer.ToChange(epoch, now);
        var kept = Math.Max(0, session.Page.N - SessionLimits.PagesRemovedAtOnce);
        var change = new SessionChange(id, session with { IsDeleted = true, MessageCount = 0, StoredBytes = 0, Page = new OpenPage(kept, 0, 0) })
        {
            IsChanged = true,
            Agent = agent,
            RemovedPages = (kept + 1, session.Page.N),
        };
        if (kept > 0)
            return change;
        change = change with { Session = null, Index = index.Without(id) };
        return expiries?.Without(id) is { } after
            ? change with { Expiries = after, Agent = agent with { Head = agent.Head with { NextExpiry = after.Next } } }
            : change;
    }
}

/// <summary>What a verb comes to, as records to store in one transaction.</summary>
/// <param name="Id">The session's id.</param>
/// <param name="Session">The session after it; null: its record goes.</param>
public sealed record SessionChange(string Id, SessionRecord? Session)
{
    /// <summary>False: a repeat, nothing is to be stored.</summary>
    public bool IsChanged { get; init; }

    /// <summary>The index after it; null when it stays.</summary>
    public SessionIndex? Index { get; init; }

    /// <summary>When sessions end after it; null when that stays, empty: its record goes.</summary>
    public SessionExpiries? Expiries { get; init; }

    /// <summary>The agent's other records after it; null when they stay.</summary>
    public AgentChange? Agent { get; init; }

    /// <summary>The pages to remove, both ends included; a last below the first removes none.</summary>
    public (int First, int Last) RemovedPages { get; init; } = (1, 0);
}
