using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace AgentMesh.Agents.Wallets;

/// <summary>A place in a tenant's list of wallets, behind an entry. Its text is <c>{shard}:{user}</c>.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="User">The entry's user; empty: before the first of the shard.</param>
public sealed record WalletCursor(int Shard, string User)
{
    /// <summary>Before all.</summary>
    public static WalletCursor Start { get; } = new(0, "");

    /// <summary>Reads it back.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out WalletCursor? cursor)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        cursor = colon > 0 && int.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var shard) && shard < WalletListLimits.Shards
            ? new WalletCursor(shard, text[(colon + 1)..])
            : null;
        return cursor is not null;
    }

    /// <summary>Its text.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Shard}:{User}");

    /// <summary>The entries of this place's shard that are behind it and under another master key, by name.</summary>
    public IEnumerable<WalletEntry> Behind(WalletShard shard, string keyId) =>
        shard.Entries.Where(entry => string.CompareOrdinal(entry.User, User) > 0 && entry.KeyId != keyId);
}
