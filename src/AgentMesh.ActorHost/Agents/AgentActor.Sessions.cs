using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Sessions;
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
        var head = (await _records.LoadHeadAsync(AgentHead.Unborn(now), cancellationToken))!;
        var id = SessionId.Of(request.RequestId, request.IdempotencyKey);
        var existing = await _records.LoadSessionAsync(id, cancellationToken);
        var index = await _records.LoadIndexAsync(cancellationToken);
        return await ChangeAsync(SessionChanges.Create(head, index, existing, id, request.Metadata, _records.Epoch, now), head, cancellationToken);
    });

    public Task<Reply<Session>> GetSession(GetSession request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (request.SessionId == SessionNames.Default)
        {
            return await _records.LoadHeadAsync(null, cancellationToken) is { } head
                ? new Reply<Session>(DefaultSession(head), null)
                : Refused<Session>(ConversationRefusals.SessionNotFound);
        }

        return await _records.LoadSessionAsync(request.SessionId, cancellationToken) is { IsDeleted: false } session
            ? new Reply<Session>(ToSession(request.SessionId, session), null)
            : Refused<Session>(ConversationRefusals.SessionNotFound);
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
        var change = SessionChanges.Delete(inputs, index, session, request.SessionId, _records.Epoch, _time.GetUtcNow());
        if (change.IsRefused)
            return Refused<SessionDeletion>(change.Refusal);
        await _records.StoreAsync(head, change.Value, cancellationToken);
        Committed(inputs, change.Value.Agent, []);
        return new Reply<SessionDeletion>(new SessionDeletion(change.Value.Session is null), null);
    });

    private async Task<Reply<Session>> ChangeAsync(Result<SessionChange> change, AgentHead? head, CancellationToken cancellationToken)
    {
        if (change.IsRefused)
            return Refused<Session>(change.Refusal);
        if (change.Value.IsChanged)
            await _records.StoreAsync(head, change.Value, cancellationToken);
        return new Reply<Session>(ToSession(change.Value.Id, change.Value.Session!), null);
    }

    // The head is the default session's record too, and its times are the agent's.
    private static Session DefaultSession(AgentHead head) => new(SessionNames.Default, head.CreatedAt, head.LastActive, SessionMetadata.None);

    private static Session ToSession(string id, SessionRecord session) => new(id, session.CreatedAt, session.LastActive, session.Metadata);
}
