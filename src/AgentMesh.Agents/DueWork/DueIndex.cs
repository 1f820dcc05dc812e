using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.DueWork;

/// <summary>
/// The head of a tenant's index of due work: for each shard the earliest time in it, so that only shards in which something is due are read.
/// State key <c>due</c>; not there while nothing is due.
/// </summary>
/// <param name="Firsts">Nothing, or 6 bytes for each shard: Unix milliseconds, 0 for an empty one.</param>
public sealed record DueIndex(PackedEntries Firsts)
{
    private const int TimeBytes = 6;

    /// <summary>Nothing is due.</summary>
    public static DueIndex Empty { get; } = new(PackedEntries.Empty);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.DueIndex;

    /// <summary>The earliest time; null when nothing is due.</summary>
    [JsonIgnore]
    public DateTimeOffset? First => Due(DateTimeOffset.MaxValue) is [var first, ..] ? FirstOf(first) : null;

    /// <summary>The shard of a user. Part of the layout in the store, so never changed.</summary>
    public static int ShardOf(string user) => SHA256.HashData(Encoding.UTF8.GetBytes(user))[0];

    /// <summary>The shards in which something is due at that time or before, the earliest first.</summary>
    public ImmutableArray<int> Due(DateTimeOffset at) =>
        [.. Enumerable.Range(0, DueLimits.Shards).Where(shard => FirstOf(shard) <= at).OrderBy(FirstOf)];

    /// <summary>The earliest time in a shard; null when it is empty.</summary>
    public DateTimeOffset? FirstOf(int shard) =>
        !Firsts.Bytes.IsEmpty && PackedPointer.ReadNumber(Firsts.Bytes.Slice(shard * TimeBytes, TimeBytes)) is not 0 and var first
            ? DateTimeOffset.FromUnixTimeMilliseconds(first)
            : null;

    internal DueIndex With(int shard, DateTimeOffset? first)
    {
        var firsts = new byte[DueLimits.Shards * TimeBytes];
        Firsts.Bytes.CopyTo(firsts);
        PackedPointer.WriteNumber(firsts.AsSpan(shard * TimeBytes, TimeBytes), first?.ToUnixTimeMilliseconds() ?? 0);
        return this with { Firsts = firsts.AsSpan().ContainsAnyExcept((byte)0) ? new PackedEntries(firsts) : PackedEntries.Empty };
    }
}
