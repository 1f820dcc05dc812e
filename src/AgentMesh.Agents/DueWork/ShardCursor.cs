using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace AgentMesh.Agents.DueWork;

/// <summary>A place in a list of a tenant's that is kept in shards by user, behind an entry. Its text is <c>{shard}:{user}</c>.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="User">The entry's user; empty: before the first of the shard.</param>
public sealed record ShardCursor(int Shard, string User)
{
    /// <summary>Before all.</summary>
    public static ShardCursor Start { get; } = new(0, "");

    /// <summary>Reads it back.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="shards">Shards of the list.</param>
    /// <param name="cursor">The place.</param>
    public static bool TryParse(string text, int shards, [NotNullWhen(true)] out ShardCursor? cursor)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        cursor = colon > 0 && int.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var shard) && shard < shards
            ? new ShardCursor(shard, text[(colon + 1)..])
            : null;
        return cursor is not null;
    }

    /// <summary>Its text.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Shard}:{User}");

    /// <summary>Those of the entries of this place's shard that are behind it, by name.</summary>
    /// <param name="entries">The shard's.</param>
    /// <param name="userOf">Whose one is.</param>
    public IEnumerable<T> Behind<T>(IEnumerable<T> entries, Func<T, string> userOf) => entries.Where(entry => string.CompareOrdinal(userOf(entry), User) > 0);
}
