using AgentMesh.Primitives;
using Dapr.Actors;

namespace AgentMesh.Contracts.ApiKeys;

/// <summary>
/// The API keys of a tenant. Actor type <see cref="ApiKeysActorType.Name"/>, actor id = <c>TenantId</c>. Called weakly typed, as
/// <see cref="Agents.IAgentActor"/> is; by the gateway, never by an actor. Secrets never come here: the gateway makes and checks them
/// (<see cref="ApiKeyText"/>, <see cref="ApiKeyCheck.Opens"/>).
/// </summary>
public interface IApiKeysActor : IActor
{
    /// <summary>
    /// Makes a key; a repeat changes nothing. Refused with <see cref="ApiKeyCodes.InvalidApiKeyRequest"/>, <see cref="ApiKeyCodes.ApiKeyIdTaken"/> when the
    /// id is that of a key which was asked for in another way, or <see cref="ApiKeyCodes.TooManyApiKeys"/>.
    /// </summary>
    Task<Reply<ApiKeyView>> CreateKey(CreateApiKey request, CancellationToken cancellationToken);

    /// <summary>Reads what a key is checked with, of one that is revoked or has expired too. Refused with <see cref="ApiKeyCodes.ApiKeyNotFound"/>.</summary>
    Task<Reply<ApiKeyCheck>> GetKey(GetApiKey request, CancellationToken cancellationToken);

    /// <summary>Reads a part of the list, newest first. Refused with <c>invalid_limit</c>, or with <c>invalid_cursor</c> when its last key is not kept any more.</summary>
    Task<Reply<ApiKeyList>> ListKeys(ListApiKeys request, CancellationToken cancellationToken);

    /// <summary>Revokes a key, for good; a repeat changes nothing. Refused with <see cref="ApiKeyCodes.ApiKeyNotFound"/>.</summary>
    Task<Reply<ApiKeyView>> RevokeKey(RevokeApiKey request, CancellationToken cancellationToken);
}

/// <summary>The name under which <see cref="IApiKeysActor"/> is hosted.</summary>
public static class ApiKeysActorType
{
    /// <summary>The Dapr actor type.</summary>
    public const string Name = "ApiKeysActor";
}

/// <summary>Makes a key.</summary>
/// <param name="Id">Its <see cref="ApiKeyId"/>; the idempotency key too.</param>
/// <param name="Salt">Random bytes, <see cref="ApiKeyHash.SaltBytes"/> of them.</param>
/// <param name="Hash">What <see cref="ApiKeyHash.Make"/> makes of the salt and the secret.</param>
/// <param name="User">Whose agent it is for; null: for those of all users of the tenant.</param>
/// <param name="Scopes">What it is for, of <see cref="ApiKeyScopes"/>, each once.</param>
/// <param name="Name">What people call it: 1-64 printable characters with no space at its ends.</param>
/// <param name="ExpiresAt">From then on it opens nothing, to the millisecond; null: it does not expire.</param>
public sealed record CreateApiKey(
    string Id, ReadOnlyMemory<byte> Salt, ReadOnlyMemory<byte> Hash, string? User, IReadOnlyList<string> Scopes, string Name, DateTimeOffset? ExpiresAt);

/// <summary>Asks for a key.</summary>
/// <param name="Id">Which; a text that is no id is refused as one that nobody has.</param>
public sealed record GetApiKey(string Id);

/// <summary>Asks for keys.</summary>
/// <param name="After">Where to go on, from the answer before; null: from the newest on.</param>
/// <param name="Limit">How many, 1-100.</param>
public sealed record ListApiKeys(string? After, int Limit);

/// <summary>Revokes a key.</summary>
/// <param name="Id">Which.</param>
public sealed record RevokeApiKey(string Id);

/// <summary>A key as people see it.</summary>
/// <param name="Id">Which; they know it by <see cref="ApiKeyId.Prefix"/>.</param>
/// <param name="User">Whose agent it is for; null: for those of all users of the tenant.</param>
/// <param name="Scopes">What it is for.</param>
/// <param name="Name">What people call it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From then on it opens nothing; null: it does not expire.</param>
/// <param name="RevokedAt">When it was revoked; null: it was not.</param>
public sealed record ApiKeyView(
    string Id, string? User, IReadOnlyList<string> Scopes, string Name, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt);

/// <summary>A part of a tenant's keys. Those that are over are among them for 30 days, and may be for longer.</summary>
/// <param name="Keys">Newest first.</param>
/// <param name="Next">Where to go on; null: the list is over.</param>
public sealed record ApiKeyList(IReadOnlyList<ApiKeyView> Keys, string? Next);

/// <summary>What a key is checked with, for nobody outside of the gateway.</summary>
/// <param name="Id">Which key.</param>
/// <param name="Salt">What was hashed with the secret.</param>
/// <param name="Hash">The hash.</param>
/// <param name="User">Whose agent it is for; null: for those of all users of the tenant.</param>
/// <param name="Scopes">What it is for.</param>
/// <param name="ExpiresAt">From then on it opens nothing; null: it does not expire.</param>
/// <param name="RevokedAt">When it was revoked; null: it was not.</param>
public sealed record ApiKeyCheck(
    string Id, ReadOnlyMemory<byte> Salt, ReadOnlyMemory<byte> Hash, string? User, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt)
{
    /// <summary>True when the key has the secret and is not over. One that is revoked is over whatever the clock says: clocks of two processes differ.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="now">The time.</param>
    public bool Opens(ReadOnlySpan<byte> secret, DateTimeOffset now) =>
        ApiKeyHash.Matches(Hash.Span, Salt.Span, secret) && RevokedAt is null && (ExpiresAt is not { } end || now < end);
}
