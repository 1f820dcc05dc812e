using AgentMesh.Contracts.ApiKeys;
using AgentMesh.Primitives;
using Dapr.Actors;

namespace AgentMesh.Gateway.Agents;

/// <summary>The API keys of tenants. Their secrets stay in this process.</summary>
internal sealed partial class AgentCalls
{
    /// <summary>Makes a key, once for all retries.</summary>
    public Task<Result<ApiKeyView>> CreateApiKeyAsync(TenantId tenant, CreateApiKey key, CancellationToken cancellationToken) =>
        AskKeysAsync<CreateApiKey, ApiKeyView>(tenant, nameof(IApiKeysActor.CreateKey), key, cancellationToken);

    /// <summary>Reads what a key is checked with.</summary>
    public Task<Result<ApiKeyCheck>> GetApiKeyAsync(TenantId tenant, GetApiKey key, CancellationToken cancellationToken) =>
        AskKeysAsync<GetApiKey, ApiKeyCheck>(tenant, nameof(IApiKeysActor.GetKey), key, cancellationToken);

    /// <summary>Reads a part of the list.</summary>
    public Task<Result<ApiKeyList>> ListApiKeysAsync(TenantId tenant, ListApiKeys page, CancellationToken cancellationToken) =>
        AskKeysAsync<ListApiKeys, ApiKeyList>(tenant, nameof(IApiKeysActor.ListKeys), page, cancellationToken);

    /// <summary>Revokes a key; a repeat changes nothing.</summary>
    public Task<Result<ApiKeyView>> RevokeApiKeyAsync(TenantId tenant, RevokeApiKey key, CancellationToken cancellationToken) =>
        AskKeysAsync<RevokeApiKey, ApiKeyView>(tenant, nameof(IApiKeysActor.RevokeKey), key, cancellationToken);

    private async Task<Result<TAnswer>> AskKeysAsync<TRequest, TAnswer>(TenantId tenant, string method, TRequest request, CancellationToken cancellationToken)
        where TAnswer : class => (await CallAsync<TRequest, TAnswer>(new ActorId(tenant.ToString()), ApiKeysActorType.Name, method, request, cancellationToken)).ToResult();
}
