using AgentMesh.Agents.ApiKeys;
using AgentMesh.Contracts;
using AgentMesh.Contracts.ApiKeys;
using AgentMesh.Primitives;
using Dapr.Actors.Runtime;
using DaprActorHost = Dapr.Actors.Runtime.ActorHost;

namespace AgentMesh.ActorHost.ApiKeys;

/// <summary>The API keys of a tenant: a thin shell over <see cref="ApiKeyBook"/>. Nothing of its state stays in memory between two calls.</summary>
[Actor(TypeName = ApiKeysActorType.Name)]
internal sealed class ApiKeysActor(DaprActorHost host, TimeProvider time) : Actor(host), IApiKeysActor
{
    public async Task<Reply<ApiKeyView>> CreateKey(CreateApiKey request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var key = ApiKeyRecord.Create(
            request.Id, request.Salt.Span, request.Hash.Span, request.User, request.Scopes, request.Name, request.ExpiresAt, now);
        if (key.IsRefused)
            return new Reply<ApiKeyView>(null, key.Refusal);
        var book = await LoadBookAsync(cancellationToken);
        return await StoreAsync(book.Create(await LoadKeyAsync(key.Value.Id, cancellationToken), key.Value, now), cancellationToken);
    }

    public async Task<Reply<ApiKeyCheck>> GetKey(GetApiKey request, CancellationToken cancellationToken)
    {
        await StateManager.ClearCacheAsync(cancellationToken);
        return await LoadKeyAsync(request.Id, cancellationToken) is { } key
            ? new Reply<ApiKeyCheck>(ToCheck(key), null)
            : new Reply<ApiKeyCheck>(null, ApiKeyRefusals.NotFound);
    }

    public async Task<Reply<ApiKeyList>> ListKeys(ListApiKeys request, CancellationToken cancellationToken)
    {
        var part = (await LoadBookAsync(cancellationToken)).Page(request.After, request.Limit);
        if (part.IsRefused)
            return new Reply<ApiKeyList>(null, part.Refusal);
        var keys = new List<ApiKeyView>();
        foreach (var id in part.Value.Ids)
        {
            // Another activation, in the midst of a failover, may have removed one since the book was read.
            if (await LoadKeyAsync(id, cancellationToken) is { } key)
                keys.Add(ToView(key));
        }

        return new Reply<ApiKeyList>(new ApiKeyList(keys, part.Value.Next), null);
    }

    public async Task<Reply<ApiKeyView>> RevokeKey(RevokeApiKey request, CancellationToken cancellationToken)
    {
        var book = await LoadBookAsync(cancellationToken);
        return await StoreAsync(book.Revoke(await LoadKeyAsync(request.Id, cancellationToken), time.GetUtcNow()), cancellationToken);
    }

    private async Task<Reply<ApiKeyView>> StoreAsync(Result<ApiKeyChange> change, CancellationToken cancellationToken)
    {
        if (change.IsRefused)
            return new Reply<ApiKeyView>(null, change.Refusal);
        var (book, key, pruned) = change.Value;
        if (book is not null)
        {
            foreach (var id in pruned)
                await StateManager.TryRemoveStateAsync(ApiKeyStateKeys.Key(id), cancellationToken);
            await StateManager.SetStateAsync(ApiKeyStateKeys.Key(key.Id), key, cancellationToken);
            await StateManager.SetStateAsync(ApiKeyStateKeys.Book, book, cancellationToken);
            await StateManager.SaveWholeAsync(cancellationToken);
        }

        return new Reply<ApiKeyView>(ToView(key), null);
    }

    private async Task<ApiKeyBook> LoadBookAsync(CancellationToken cancellationToken)
    {
        await StateManager.ClearCacheAsync(cancellationToken);
        return (await StateManager.TryGetStateAsync<ApiKeyBook>(ApiKeyStateKeys.Book, cancellationToken)).Value ?? ApiKeyBook.Empty;
    }

    /// <summary>Null when there is none; a text that is no id does not become a state key.</summary>
    private async Task<ApiKeyRecord?> LoadKeyAsync(string id, CancellationToken cancellationToken) => ApiKeyId.TryParse(id, out _)
        ? (await StateManager.TryGetStateAsync<ApiKeyRecord>(ApiKeyStateKeys.Key(id), cancellationToken)).Value
        : null;

    private static ApiKeyView ToView(ApiKeyRecord key) => new(key.Id, key.User, key.Scopes, key.Name, key.CreatedAt, key.ExpiresAt, key.RevokedAt);

    private static ApiKeyCheck ToCheck(ApiKeyRecord key) =>
        new(key.Id, key.Salt.Bytes.ToArray(), key.Hash.Bytes.ToArray(), key.User, key.Scopes, key.ExpiresAt, key.RevokedAt);
}
