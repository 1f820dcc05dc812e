using System.Text.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.ApiKeys;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Tests.Identity;

/// <summary>The actors with the keys.</summary>
internal sealed class FakeKeys
{
    private readonly Dictionary<(string Tenant, string Id), (CreateApiKey Key, DateTimeOffset? RevokedAt)> _keys = [];

    /// <summary>It says nothing of any key.</summary>
    public bool IsBroken { get; set; }

    /// <summary>As an operator does at another gateway.</summary>
    public void Revoke(string tenant, string id) => _keys[(tenant, id)] = _keys[(tenant, id)] with { RevokedAt = DateTimeOffset.UnixEpoch };

    public string? Answer(SidecarCall call)
    {
        var parts = call.Path.Split('/');
        if (!parts.Contains(ApiKeysActorType.Name))
            return null;
        if (IsBroken)
            return "{";
        var tenant = parts[^3];
        switch (parts[^1])
        {
            case nameof(IApiKeysActor.CreateKey):
                var key = JsonSerializer.Deserialize(call.Body, ContractsJson.Default.CreateApiKey)!;
                _keys[(tenant, key.Id)] = (key, null);
                return View(tenant, key.Id);
            case nameof(IApiKeysActor.RevokeKey):
                var revoked = JsonSerializer.Deserialize(call.Body, ContractsJson.Default.RevokeApiKey)!.Id;
                Revoke(tenant, revoked);
                return View(tenant, revoked);
            case nameof(IApiKeysActor.ListKeys):
                return JsonSerializer.Serialize(
                    new Reply<ApiKeyList>(new ApiKeyList([.. _keys.Where(key => key.Key.Tenant == tenant).Select(key => ViewOf(key.Value.Key, key.Value.RevokedAt))], null), null),
                    ContractsJson.Default.ReplyApiKeyList);
            default:
                var id = JsonSerializer.Deserialize(call.Body, ContractsJson.Default.GetApiKey)!.Id;
                return JsonSerializer.Serialize(
                    _keys.TryGetValue((tenant, id), out var known)
                        ? new Reply<ApiKeyCheck>(new ApiKeyCheck(id, known.Key.Salt, known.Key.Hash, known.Key.User, known.Key.Scopes, known.Key.ExpiresAt, known.RevokedAt), null)
                        : new Reply<ApiKeyCheck>(null, new Refusal(ApiKeyCodes.ApiKeyNotFound, "None.")),
                    ContractsJson.Default.ReplyApiKeyCheck);
        }
    }

    private static ApiKeyView ViewOf(CreateApiKey key, DateTimeOffset? revokedAt) => new(key.Id, key.User, key.Scopes, key.Name, DateTimeOffset.UnixEpoch, key.ExpiresAt, revokedAt);

    private string View(string tenant, string id) =>
        JsonSerializer.Serialize(new Reply<ApiKeyView>(ViewOf(_keys[(tenant, id)].Key, _keys[(tenant, id)].RevokedAt), null), ContractsJson.Default.ReplyApiKeyView);
}
