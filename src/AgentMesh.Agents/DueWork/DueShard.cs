using System.Collections.Immutable;
using System.Text.Json.Serialization;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.DueWork;

/// <summary>The part of a tenant's index whose users have the same <see cref="DueIndex.ShardOf"/>. State key <c>due:{n}</c>; not there while it is empty.</summary>
/// <param name="Entries">At most one for each user.</param>
public sealed record DueShard(ImmutableArray<DueEntry> Entries)
{
    /// <summary>Nobody.</summary>
    public static DueShard Empty { get; } = new(ImmutableArray<DueEntry>.Empty);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.DueShard;

    /// <summary>The earliest time; null when it is empty.</summary>
    [JsonIgnore]
    public DateTimeOffset? First => Entries.IsEmpty ? null : Entries.Min(entry => entry.At);

    /// <summary>The entry of a user; null when there is none.</summary>
    public DueEntry? Find(string user) => Entries.FirstOrDefault(entry => entry.User == user);

    internal DueShard With(DueEntry entry) => Find(entry.User) is { } known
        ? this with { Entries = Entries.Replace(known, entry) }
        : this with { Entries = Entries.Add(entry) };

    internal DueShard Without(DueEntry entry) => this with { Entries = Entries.Remove(entry) };
}
