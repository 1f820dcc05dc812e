using AgentMesh.Primitives;

namespace AgentMesh.Agents.Sessions;

/// <summary>Why sessions say no, in order of precedence. The codes are those of <c>AgentMesh.Contracts.Agents.AgentRefusals</c>; a test holds them together.</summary>
public static class SessionRefusals
{
    /// <summary>The default session is part of the agent.</summary>
    public static Refusal DefaultSessionFixed { get; } =
        new("default_session_fixed", "The default session has no metadata and is removed only with the agent.");

    /// <summary>The agent has as many sessions as it keeps.</summary>
    public static Refusal TooManySessions { get; } =
        new("too_many_sessions", $"The agent has {SessionLimits.PerAgent} sessions; delete one to make another.");

    /// <summary>Not an object, or too long.</summary>
    public static Refusal InvalidMetadata { get; } =
        new("invalid_metadata", $"metadata is a JSON object of at most {SessionLimits.MetadataBytes} bytes of UTF-8, after a merge too.");

    /// <summary>Too short or too long.</summary>
    public static Refusal InvalidTtl { get; } =
        new("invalid_ttl", $"ttlSeconds is 0 for never, or {SessionLimits.MinTtlSeconds} to {SessionLimits.MaxTtlSeconds}.");

    /// <summary>The page of the list asked for is too small or too big.</summary>
    public static Refusal InvalidListLimit { get; } = new("invalid_limit", $"limit is 1 to {SessionLimits.ListLength}.");

    /// <summary>The place in the list is not there.</summary>
    public static Refusal InvalidCursor { get; } =
        new("invalid_cursor", "cursor is the nextCursor of an earlier page; the session it names is not there (any more).");
}
