using System.Collections.Immutable;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.State;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.ApiKeys;

/// <summary>
/// An API key, without its secret, which never comes here. State key <c>key-{id}</c> of the tenant's actor of keys; written when the key is made and when it
/// is revoked.
/// </summary>
/// <param name="Id">Which key.</param>
/// <param name="Salt">What was hashed with the secret.</param>
/// <param name="Hash">The hash, see <see cref="ApiKeyHash"/>.</param>
/// <param name="User">Whose agent it is for; null: for those of all users of the tenant.</param>
/// <param name="Scopes">What it is for, in the order of <see cref="ApiKeyScopes.All"/>.</param>
/// <param name="Name">What people call it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From then on it opens nothing; null: it does not expire.</param>
/// <param name="RevokedAt">When it was revoked; null: it was not.</param>
public sealed record ApiKeyRecord(
    string Id,
    PackedEntries Salt,
    PackedEntries Hash,
    string? User,
    ImmutableArray<string> Scopes,
    string Name,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt)
{
    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.ApiKeyRecord;

    /// <summary>When it was or will be over, by being revoked or by itself; null: never.</summary>
    internal DateTimeOffset? EndsAt => RevokedAt < ExpiresAt ? RevokedAt : ExpiresAt ?? RevokedAt;

    /// <summary>A key as it was asked for; whether there may be one is the <see cref="ApiKeyBook"/>'s to say. Refused with <c>invalid_api_key_request</c>.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="salt">The salt.</param>
    /// <param name="hash">The hash of salt and secret.</param>
    /// <param name="user">Whose agent it is for; null: for those of all users.</param>
    /// <param name="scopes">What it is for, each once, in any order.</param>
    /// <param name="name">What people call it.</param>
    /// <param name="expiresAt">When it expires, to the millisecond; null: never.</param>
    /// <param name="now">The time.</param>
    public static Result<ApiKeyRecord> Create(
        string id, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> hash, string? user, IReadOnlyCollection<string> scopes, string name, DateTimeOffset? expiresAt, DateTimeOffset now)
    {
        if (!ApiKeyId.TryParse(id, out _) || salt.Length != ApiKeyHash.SaltBytes || hash.Length != ApiKeyHash.Bytes)
            return ApiKeyRefusals.Invalid("its id, salt or hash is none");
        if (user is not null && !UserId.TryParse(user, out _))
            return ApiKeyRefusals.Invalid("its user is not 1-64 of [a-z0-9._-], first a letter or digit");
        // As many as there are, and each of those there are: none twice and no others.
        var known = ApiKeyScopes.All.Where(scopes.Contains).ToImmutableArray();
        if (known.IsEmpty || known.Length != scopes.Count)
            return ApiKeyRefusals.Invalid($"its scopes are some of {string.Join(", ", ApiKeyScopes.All)}, each once");
        if (!ApiKeyName.IsWellFormed(name))
            return ApiKeyRefusals.Invalid($"its name is 1 to {ApiKeyLimits.NameCharacters} printable characters with no space at its ends");
        return new ApiKeyRecord(
            id, new PackedEntries(salt.ToArray()), new PackedEntries(hash.ToArray()), user, known, name, now.WholeMilliseconds(), expiresAt?.WholeMilliseconds(), null);
    }

    /// <summary>True when both were asked for in the same way, whenever that was and whatever has become of them.</summary>
    internal bool IsAskedForAs(ApiKeyRecord other) => this with { CreatedAt = other.CreatedAt, RevokedAt = other.RevokedAt } == other;

    /// <inheritdoc/>
    public bool Equals(ApiKeyRecord? other) => other is not null
        && (Id, Salt, Hash, User, Name, CreatedAt) == (other.Id, other.Salt, other.Hash, other.User, other.Name, other.CreatedAt)
        && (ExpiresAt, RevokedAt) == (other.ExpiresAt, other.RevokedAt)
        && Scopes.SequenceEqual(other.Scopes);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode(StringComparison.Ordinal);
}
