namespace AgentMesh.Contracts.ApiKeys;

/// <summary>Refusal codes of API keys, in order of precedence. Documented in <c>docs/refusals.md</c>.</summary>
public static class ApiKeyCodes
{
    /// <summary>What was asked for is no key, or one that would have expired already.</summary>
    public const string InvalidApiKeyRequest = "invalid_api_key_request";

    /// <summary>The tenant has no such key, or does not keep it any more.</summary>
    public const string ApiKeyNotFound = "api_key_not_found";

    /// <summary>Another key of the tenant has the id.</summary>
    public const string ApiKeyIdTaken = "api_key_id_taken";

    /// <summary>The tenant has as many keys as it may that are neither revoked nor expired.</summary>
    public const string TooManyApiKeys = "too_many_api_keys";
}
