namespace AgentMesh.Cli.ApiKeys;

/// <summary>A key to make, as the gateway takes it.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="User">Whose agent it is for; null: for those of all users of the tenant.</param>
/// <param name="Scopes">What it is for.</param>
/// <param name="ExpiresAt">From then on it opens nothing; null: it does not expire.</param>
internal sealed record KeyOrder(string Name, string? User, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt);

/// <summary>A key, as the gateway tells of it and as <c>--json</c> prints it.</summary>
/// <param name="Id">Which.</param>
/// <param name="Prefix">What the key begins with.</param>
/// <param name="TenantId">Whose.</param>
/// <param name="Scopes">What it is for.</param>
/// <param name="Name">What people call it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="User">Whose agent it is for; null: for those of all users of the tenant.</param>
/// <param name="ExpiresAt">From then on it opens nothing; null: it does not expire.</param>
/// <param name="RevokedAt">When it was revoked; null: it was not.</param>
/// <param name="Key">The key itself, only when it was just made.</param>
internal sealed record KeyDocument(
    string Id, string Prefix, string TenantId, IReadOnlyList<string> Scopes, string Name, DateTimeOffset CreatedAt,
    string? User = null, DateTimeOffset? ExpiresAt = null, DateTimeOffset? RevokedAt = null, string? Key = null)
{
    // The text of a record has all of its members, and this one may be shown only where it was asked for.
    /// <inheritdoc/>
    public override string ToString() => Prefix;
}

/// <summary>A part of the list, as the gateway tells it.</summary>
/// <param name="Keys">Newest first.</param>
/// <param name="Cursor">Where to go on; null: the list is over.</param>
internal sealed record KeyPart(IReadOnlyList<KeyDocument> Keys, string? Cursor = null);

/// <summary>All keys, as <c>--json</c> prints them.</summary>
/// <param name="Keys">Newest first.</param>
internal sealed record KeyListDocument(IReadOnlyList<KeyDocument> Keys);
