namespace AgentMesh.Contracts.Agents;

/// <summary>Refusal codes of the agent, in order of precedence. Documented in <c>docs/refusals.md</c>.</summary>
public static class AgentRefusals
{
    /// <summary>The agent's stored state contradicts itself; nothing is done until an operator has looked.</summary>
    public const string AgentQuarantined = "agent_quarantined";

    /// <summary>No such session.</summary>
    public const string SessionNotFound = "session_not_found";

    /// <summary>The idempotency key was used before with another body.</summary>
    public const string IdempotencyKeyReused = "idempotency_key_reused";

    /// <summary>The agent holds as many unexpired idempotency keys as it keeps.</summary>
    public const string TooManyIdempotencyKeys = "too_many_idempotency_keys";

    /// <summary>The message is empty or longer than 64 KiB.</summary>
    public const string InvalidContent = "invalid_content";

    /// <summary>The page asked for is not 1-1000 messages, or not 1-100 sessions.</summary>
    public const string InvalidLimit = "invalid_limit";

    /// <summary>The default session cannot be changed or removed.</summary>
    public const string DefaultSessionFixed = "default_session_fixed";

    /// <summary>The agent has as many sessions as it keeps.</summary>
    public const string TooManySessions = "too_many_sessions";

    /// <summary>A session's metadata is not a JSON object, or longer than 4 KiB.</summary>
    public const string InvalidMetadata = "invalid_metadata";

    /// <summary>The place in the list of sessions is not there.</summary>
    public const string InvalidCursor = "invalid_cursor";
}
