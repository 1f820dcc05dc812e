namespace AgentMesh.Contracts.Agents;

/// <summary>A session: a history of its own within the agent.</summary>
/// <param name="Id"><c>default</c>, or 26 characters of a-z and 2-7.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastActive">Its last message or touch.</param>
/// <param name="Metadata">A JSON object as text.</param>
/// <param name="TtlSeconds">How long it lives without a message or a touch; null: for ever.</param>
/// <param name="ExpiresAt">When it is removed, or soon after, if nothing is done with it; null: never.</param>
public sealed record Session(
    string Id, DateTimeOffset CreatedAt, DateTimeOffset LastActive, string Metadata, int? TtlSeconds = null, DateTimeOffset? ExpiresAt = null);

/// <summary>Asks for a new session.</summary>
/// <param name="Metadata">A JSON object as text, at most 4 KiB; null for none.</param>
/// <param name="RequestId">Made once per request by the gateway and repeated by its own retries.</param>
/// <param name="IdempotencyKey">The caller's key, which counts in place of the request id for as long as the session is there; null for none.</param>
/// <param name="TtlSeconds">How long it lives without a message or a touch, 60 to 31,622,400; 0: for ever; null: as configured.</param>
/// <param name="Payee">The session is for work that this wallet is paid for; refused with <c>not_for_sale</c> when it is not the agent's. Null: it is not.</param>
public sealed record CreateSession(string? Metadata, string RequestId, string? IdempotencyKey, int? TtlSeconds = null, string? Payee = null);

/// <summary>Asks for a session.</summary>
/// <param name="SessionId">The session.</param>
public sealed record GetSession(string SessionId);

/// <summary>Asks for a page of the sessions.</summary>
/// <param name="Limit">1-100.</param>
/// <param name="Cursor">Where the page begins; null for the first one.</param>
public sealed record ListSessions(int Limit, string? Cursor);

/// <summary>A page of the sessions.</summary>
/// <param name="Sessions">In the order they were made, the default session first.</param>
/// <param name="NextCursor">Where the next page begins; null at the end.</param>
public sealed record SessionList(IReadOnlyList<Session> Sessions, string? NextCursor);

/// <summary>Touches a session.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Metadata">A JSON object as text, merged by RFC 7396; null changes nothing.</param>
public sealed record UpdateSession(string SessionId, string? Metadata);

/// <summary>Removes a session.</summary>
/// <param name="SessionId">The session.</param>
public sealed record DeleteSession(string SessionId);

/// <summary>How far a removal is.</summary>
/// <param name="IsDone">False: there is more of it to remove; call again.</param>
public sealed record SessionDeletion(bool IsDone);
