using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Payments;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.Turns;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Agents;

/// <summary>The agent's sessions.</summary>
internal sealed partial class AgentActor
{
    public Task<Reply<Session>> CreateSession(CreateSession request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var now = _time.GetUtcNow();
        var head = await LoadHeadToWriteAsync(now, cancellationToken);
        if (request.Payee is { } payee && PaymentRecordRefusals.CheckPayee(head, payee) is { } refusal)
            return Refused<Session>(refusal);
        var id = SessionId.Of(request.RequestId, request.IdempotencyKey);
        var existing = await _records.LoadSessionAsync(id, cancellationToken);
        var index = await _records.LoadIndexAsync(cancellationToken);
        var ttl = SessionExpiry.Choose(request.TtlSeconds, _services.Sessions.IdleTtlSeconds);
        var expiries = ttl.Value?.Seconds is null ? null : await _records.LoadExpiriesAsync(cancellationToken);
        return await ChangeAsync(
            SessionChanges.Create(head, index, existing, id, expiries, request.Metadata, ttl, _records.Epoch, now), head, cancellationToken);
    });

    public Task<Reply<Session>> GetSession(GetSession request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        Session? session = null;
        if (request.SessionId == SessionNames.Default)
            session = await _records.LoadHeadAsync(null, cancellationToken) is { } head ? DefaultSession(head) : null;
        else if (await _records.LoadSessionAsync(request.SessionId, cancellationToken) is { IsDeleted: false } stored)
            session = ToSession(request.SessionId, stored);
        if (session is null)
            return Refused<Session>(ConversationRefusals.SessionNotFound);
        await SeenAsync();
        return new Reply<Session>(session, null);
    });

    public Task<Reply<SessionList>> ListSessions(ListSessions request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (request.Limit is < 1 or > SessionLimits.ListLength)
            return Refused<SessionList>(SessionRefusals.InvalidListLimit);
        var head = await _records.LoadHeadAsync(null, cancellationToken);
        if (head is null)
            return new Reply<SessionList>(new SessionList([], null), null);
        var index = await _records.LoadIndexAsync(cancellationToken);
        var sessions = new List<Session>();
        var at = 0;
        if (request.Cursor is null)
            sessions.Add(DefaultSession(head));
        else if (!SessionId.IsWellFormed(request.Cursor) || (at = index.IndexOf(request.Cursor)) < 0)
            return Refused<SessionList>(SessionRefusals.InvalidCursor);
        for (; at < index.Count && sessions.Count < request.Limit; at++)
        {
            if (await _records.LoadSessionAsync(index[at], cancellationToken) is { IsDeleted: false } session)
                sessions.Add(ToSession(index[at], session));
        }

        await SeenAsync();
        return new Reply<SessionList>(new SessionList(sessions, at < index.Count ? index[at] : null), null);
    });

    public Task<Reply<Session>> UpdateSession(UpdateSession request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (request.SessionId == SessionNames.Default)
            return Refused<Session>(SessionRefusals.DefaultSessionFixed);
        var session = await _records.LoadSessionAsync(request.SessionId, cancellationToken);
        return await ChangeAsync(SessionChanges.Update(session, request.SessionId, request.Metadata, _time.GetUtcNow()), null, cancellationToken);
    });

    public Task<Reply<SessionDeletion>> DeleteSession(DeleteSession request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (request.SessionId == SessionNames.Default)
            return Refused<SessionDeletion>(SessionRefusals.DefaultSessionFixed);
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { } head)
            return Refused<SessionDeletion>(ConversationRefusals.SessionNotFound);
        var session = await _records.LoadSessionAsync(request.SessionId, cancellationToken);
        var index = await _records.LoadIndexAsync(cancellationToken);
        var inputs = await LoadTurnInputsAsync(head, cancellationToken);
        var expiries = session?.TtlSeconds is null ? null : await _records.LoadExpiriesAsync(cancellationToken);
        var change = SessionChanges.Delete(inputs, index, expiries, session, request.SessionId, _records.Epoch, _time.GetUtcNow());
        if (change.IsRefused)
            return Refused<SessionDeletion>(change.Refusal);
        await CommitAsync(inputs, change.Value, cancellationToken);
        return new Reply<SessionDeletion>(new SessionDeletion(change.Value.Session is null), null);
    });

    /// <summary>Looks at the session that nobody has used for the longest time over its own, and removes a part of it.</summary>
    /// <returns>False: none is.</returns>
    private async Task<Result<bool>> ExpireSessionAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { } head || !(head.NextExpiry <= now))
            return false;
        var expiries = SessionExpiries.Open(head, await _records.LoadExpiriesAsync(cancellationToken));
        if (expiries.IsRefused)
            return expiries.Refusal;
        if (expiries.Value.First is not { } due || due.At > now)
            return ConversationRefusals.AgentQuarantined("the head knows of a session that expires and is not there");
        var session = await _records.LoadSessionAsync(due.Id, cancellationToken);
        var index = await _records.LoadIndexAsync(cancellationToken);
        var inputs = await LoadTurnInputsAsync(head, cancellationToken);
        var change = SessionExpiry.Expire(inputs, index, expiries.Value, session, due.Id, _records.Epoch, now);
        if (change.IsRefused)
            return change.Refusal;
        await CommitAsync(inputs, change.Value, cancellationToken);
        return true;
    }

    private async Task CommitAsync(TurnInputs before, SessionChange change, CancellationToken cancellationToken)
    {
        if (change.Agent is { } agent)
        {
            agent = await WithEventsAsync(before.Head, WithDue(agent), cancellationToken);
            change = change with { Agent = agent };
            await RemindOfAsync(before.Head, agent);
        }

        await _records.StoreAsync(before.Head, change, cancellationToken);
        Committed(before, change.Agent, []);
    }

    private async Task<Reply<Session>> ChangeAsync(Result<SessionChange> change, AgentHead? head, CancellationToken cancellationToken)
    {
        if (change.IsRefused)
            return Refused<Session>(change.Refusal);
        if (change.Value.IsChanged && head is not null)
            await CommitAsync(new TurnInputs(head, null, null), change.Value, cancellationToken);
        else if (change.Value.IsChanged)
            await _records.StoreAsync(null, change.Value, cancellationToken);
        return new Reply<Session>(ToSession(change.Value.Id, change.Value.Session!), null);
    }

    // The head is the default session's record too, and its times are the agent's.
    private static Session DefaultSession(AgentHead head) => new(SessionNames.Default, head.CreatedAt, head.LastActive, SessionMetadata.None);

    private static Session ToSession(string id, SessionRecord session) => new(
        id, session.CreatedAt, session.LastActive, session.Metadata, session.TtlSeconds, SessionExpiry.EndOf(session));
}
