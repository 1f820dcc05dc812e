using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Conversation;

/// <summary>
/// A sixteenth of the agent's idempotency keys. State key <c>idem:{bucket}</c>. An entry points to its answer: 16 bytes of the
/// key's SHA-256, 16 of the body's, 6 of seq, 5 of page, 6 of time in Unix milliseconds.
/// </summary>
/// <param name="Entries">The packed entries, in the order they were added.</param>
public sealed record IdempotencyBucket(PackedEntries Entries)
{
    internal const int HashBytes = 16;
    internal const int EntryBytes = HashBytes + HashBytes + PackedPointer.SeqBytes + PackedPointer.PageBytes + TimeBytes;
    internal const int TimeBytes = 6;

    private const int BodyAt = HashBytes;
    private const int PointerAt = BodyAt + HashBytes;
    private const int TimeAt = PointerAt + PackedPointer.SeqBytes + PackedPointer.PageBytes;

    /// <summary>A bucket without keys.</summary>
    public static IdempotencyBucket Empty { get; } = new(PackedEntries.Empty);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.IdempotencyBucket;

    /// <summary>Its keys, expired ones included.</summary>
    internal int Count => Entries.Bytes.Length / EntryBytes;

    /// <summary>Which bucket a key is in.</summary>
    public static int Of(ReadOnlySpan<byte> keyHash) => keyHash[0] % ConversationLimits.IdempotencyBuckets;

    /// <summary>The unexpired entry of a key, or null. Entries of a transaction whose head was never stored do not count.</summary>
    internal IdempotencyEntry? Find(ReadOnlySpan<byte> keyHash, long lastSeq, DateTimeOffset now)
    {
        keyHash = keyHash[..HashBytes];
        for (var index = Count - 1; index >= 0; index--)
        {
            var entry = Entry(index);
            if (!entry[..HashBytes].SequenceEqual(keyHash) || IsExpired(entry, now))
                continue;
            var pointer = PackedPointer.Read(entry[PointerAt..]);
            if (pointer.Seq <= lastSeq)
                return new IdempotencyEntry(entry.Slice(BodyAt, HashBytes).ToArray(), pointer, At(entry));
        }

        return null;
    }

    /// <summary>Without the keys that have expired, and without those of a transaction whose head was never stored.</summary>
    internal IdempotencyBucket Prune(long lastSeq, DateTimeOffset now)
    {
        var kept = new byte[Entries.Bytes.Length];
        var length = 0;
        for (var index = 0; index < Count; index++)
        {
            var entry = Entry(index);
            if (IsExpired(entry, now) || PackedPointer.Read(entry[PointerAt..]).Seq > lastSeq)
                continue;
            entry.CopyTo(kept.AsSpan(length));
            length += EntryBytes;
        }

        return length == kept.Length ? this : this with { Entries = new PackedEntries(kept.AsSpan(0, length).ToArray()) };
    }

    /// <summary>With one more key.</summary>
    internal IdempotencyBucket With(ReadOnlySpan<byte> keyHash, ReadOnlySpan<byte> bodyHash, PagePointer answer, DateTimeOffset now)
    {
        var old = Entries.Bytes;
        var all = new byte[old.Length + EntryBytes];
        old.CopyTo(all);
        var entry = all.AsSpan(old.Length);
        keyHash[..HashBytes].CopyTo(entry);
        bodyHash[..HashBytes].CopyTo(entry[BodyAt..]);
        PackedPointer.Write(entry[PointerAt..], answer);
        PackedPointer.WriteNumber(entry.Slice(TimeAt, TimeBytes), now.ToUnixTimeMilliseconds());
        return this with { Entries = new PackedEntries(all) };
    }

    /// <summary>The time of the key that expires first; null without keys. Clocks go backwards, so it need not be the first entry.</summary>
    internal DateTimeOffset? Oldest()
    {
        DateTimeOffset? oldest = null;
        for (var index = 0; index < Count; index++)
        {
            var at = At(Entry(index));
            if (oldest is null || at < oldest)
                oldest = at;
        }

        return oldest;
    }

    internal static bool IsExpired(DateTimeOffset at, DateTimeOffset now) => now - at >= ConversationLimits.IdempotencyKept;

    private static bool IsExpired(ReadOnlySpan<byte> entry, DateTimeOffset now) => IsExpired(At(entry), now);

    private static DateTimeOffset At(ReadOnlySpan<byte> entry) =>
        DateTimeOffset.FromUnixTimeMilliseconds(PackedPointer.ReadNumber(entry.Slice(TimeAt, TimeBytes)));

    private ReadOnlySpan<byte> Entry(int index) => Entries.Bytes.Slice(index * EntryBytes, EntryBytes);
}

/// <summary>What is known of one key.</summary>
internal readonly record struct IdempotencyEntry(byte[] BodyHash, PagePointer Answer, DateTimeOffset At);
