using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace AgentMesh.Agents.Quotas;

/// <summary>A place in a tenant's list of agents, behind an entry. Its text is <c>{shard}:{user}</c>.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="User">The entry's user; empty: before the first of the shard.</param>
public sealed record AgentCursor(int Shard, string User)
{
    /// <summary>Before all.</summary>
    public static AgentCursor Start { get; } = new(0, "");

    /// <summary>Reads it back.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out AgentCursor? cursor)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        cursor = colon > 0 && int.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var shard) && shard < AgentListLimits.Shards
            ? new AgentCursor(shard, text[(colon + 1)..])
            : null;
        return cursor is not null;
    }

    /// <summary>Its text.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Shard}:{User}");

    /// <summary>The entries of this place's shard that are behind it, by name.</summary>
    public IEnumerable<AgentEntry> Behind(AgentShard shard) => shard.Entries.Where(entry => string.CompareOrdinal(entry.User, User) > 0);
}
