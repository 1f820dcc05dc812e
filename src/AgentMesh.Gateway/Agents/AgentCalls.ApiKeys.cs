using AgentMesh.Contracts.ApiKeys;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Agents;

/// <summary>The API keys of tenants. Their secrets stay in this process.</summary>
internal sealed partial class AgentCalls
{
    /// <summary>Makes a key, once for all retries.</summary>
    public Task<Result<ApiKeyView>> CreateApiKeyAsync(TenantId tenant, CreateApiKey key, CancellationToken cancellationToken) =>
        AskTenantsAsync<CreateApiKey, ApiKeyView>(tenant, ApiKeysActorType.Name, nameof(IApiKeysActor.CreateKey), key, cancellationToken);

    /// <summary>Reads what a key is checked with.</summary>
    public Task<Result<ApiKeyCheck>> GetApiKeyAsync(TenantId tenant, GetApiKey key, CancellationToken cancellationToken) =>
        AskTenantsAsync<GetApiKey, ApiKeyCheck>(tenant, ApiKeysActorType.Name, nameof(IApiKeysActor.GetKey), key, cancellationToken);

    /// <summary>Reads a part of the list.</summary>
    public Task<Result<ApiKeyList>> ListApiKeysAsync(TenantId tenant, ListApiKeys page, CancellationToken cancellationToken) =>
        AskTenantsAsync<ListApiKeys, ApiKeyList>(tenant, ApiKeysActorType.Name, nameof(IApiKeysActor.ListKeys), page, cancellationToken);

    /// <summary>Revokes a key; a repeat changes nothing.</summary>
    public Task<Result<ApiKeyView>> RevokeApiKeyAsync(TenantId tenant, RevokeApiKey key, CancellationToken cancellationToken) =>
        AskTenantsAsync<RevokeApiKey, ApiKeyView>(tenant, ApiKeysActorType.Name, nameof(IApiKeysActor.RevokeKey), key, cancellationToken);
}
