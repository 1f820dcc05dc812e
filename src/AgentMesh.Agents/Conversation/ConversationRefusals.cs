using AgentMesh.Primitives;

namespace AgentMesh.Agents.Conversation;

/// <summary>
/// Why the conversation says no, in order of precedence. The codes are those of the wire contract
/// (<c>AgentMesh.Contracts.Agents.AgentRefusals</c>), which this project must not reference; a test holds them together.
/// </summary>
public static class ConversationRefusals
{
    /// <summary>The stored state contradicts itself or cannot be read. Nothing is written.</summary>
    /// <param name="what">What was found; safe to show, so never text of a message.</param>
    public static Refusal AgentQuarantined(string what) =>
        new("agent_quarantined", $"The agent's stored state is damaged ({what}); nothing is done until an operator has looked.");

    /// <summary>Records are encrypted, or are to be, and their master key is not there. Nothing is lost: all is as it was when the key is back.</summary>
    public static Refusal EncryptionKeyMissing { get; } = new(
        "encryption_key_missing", "The key that the agent's records are encrypted with is not there. Nothing was stored; it goes on when the key is back.");

    /// <summary>Everything is being removed.</summary>
    public static Refusal AgentErasing { get; } = new(
        "agent_erasing", "Everything the agent has is being removed; repeat the DELETE until it is done, and the agent can be used anew.");

    /// <summary>It is made from an export, and not all of it is there yet.</summary>
    public static Refusal AgentRestoring { get; } = new(
        "agent_restoring", "The agent is made from an export, and not all of it is there yet; repeat the restore, or DELETE the agent to use it anew.");

    /// <summary>There is something that a restore would overwrite.</summary>
    public static Refusal AgentExists { get; } = new(
        "agent_exists", "The agent has been used; an export is restored into one that was not. Export it, DELETE it, and restore then; or restore to another name.");

    /// <summary>What is to be restored is none of what an export has there.</summary>
    /// <param name="what">What is wrong; safe to show, so never text of a message.</param>
    public static Refusal InvalidExport(string what) => new("invalid_export", what);

    /// <summary>No such session.</summary>
    public static Refusal SessionNotFound { get; } = new("session_not_found", "The agent has no such session.");

    /// <summary>The key was used within 24 hours with another body.</summary>
    public static Refusal IdempotencyKeyReused { get; } =
        new("idempotency_key_reused", "This Idempotency-Key was used before with another body.");

    /// <summary>All keys the agent keeps are unexpired, and none of them may be forgotten.</summary>
    public static Refusal TooManyIdempotencyKeys { get; } = new(
        "too_many_idempotency_keys",
        $"The agent keeps {ConversationLimits.IdempotencyKeys} idempotency keys for 24 hours each and has no room for another.");

    /// <summary>Empty or too long.</summary>
    public static Refusal InvalidContent { get; } =
        new("invalid_content", $"A message has 1 to {ConversationLimits.ContentBytes} bytes of UTF-8.");

    /// <summary>The page asked for is too small or too big.</summary>
    public static Refusal InvalidLimit { get; } = new("invalid_limit", $"limit is 1 to {ConversationLimits.HistoryMessages}.");

    /// <summary>Nothing to search for, or too much.</summary>
    public static Refusal InvalidSearch { get; } = new("invalid_search", $"The text to search for has 1 to {ConversationLimits.SearchCharacters} characters.");
}
