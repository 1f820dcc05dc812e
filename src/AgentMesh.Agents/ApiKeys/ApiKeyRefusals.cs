using AgentMesh.Primitives;

namespace AgentMesh.Agents.ApiKeys;

/// <summary>Why API keys say no, in order of precedence. The codes are those of <c>AgentMesh.Contracts.ApiKeys.ApiKeyCodes</c>; a test holds them together.</summary>
public static class ApiKeyRefusals
{
    /// <summary>A list of none or of too many.</summary>
    public static Refusal InvalidLimit { get; } = new("invalid_limit", $"limit is 1 to {ApiKeyLimits.ListLength}.");

    /// <summary>Not a place in the list.</summary>
    public static Refusal InvalidCursor { get; } = new("invalid_cursor", "The cursor is none that a page before has answered, or its key is not kept any more.");

    /// <summary>No such key.</summary>
    public static Refusal NotFound { get; } = new("api_key_not_found", "The tenant has no such API key.");

    /// <summary>Another key has the id.</summary>
    public static Refusal IdTaken { get; } = new("api_key_id_taken", "The tenant has another API key of that id.");

    /// <summary>As many keys as there may be.</summary>
    public static Refusal TooMany { get; } = new(
        "too_many_api_keys", $"The tenant has {ApiKeyLimits.Usable} API keys that are neither revoked nor expired; revoke one first.");

    /// <summary>What was asked for is no key.</summary>
    /// <param name="why">What is wrong with it, as a clause that is safe to show.</param>
    public static Refusal Invalid(string why) => new("invalid_api_key_request", $"The API key is invalid: {why}.");
}
