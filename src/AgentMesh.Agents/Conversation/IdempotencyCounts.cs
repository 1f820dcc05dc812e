namespace AgentMesh.Agents.Conversation;

/// <summary>
/// What the head knows of each idempotency bucket: how many keys it holds and when the first of them expires. With it the
/// maximum of an agent is exact without reading all buckets. An entry is 2 bytes of count and 6 of time in Unix milliseconds.
/// </summary>
public static class IdempotencyCounts
{
    internal const int CountBytes = 2;
    internal const int EntryBytes = CountBytes + IdempotencyBucket.TimeBytes;
    internal const int AllBytes = ConversationLimits.IdempotencyBuckets * EntryBytes;

    /// <summary>
    /// Which other bucket has to be pruned to make room for one more key in <paramref name="bucket"/>; null when there is
    /// room anyway, or none to be made.
    /// </summary>
    /// <param name="counts">The head's counts; empty before the first key.</param>
    /// <param name="bucket">The bucket of the new key, which is pruned whenever it is written.</param>
    /// <param name="now">The time.</param>
    public static int? BucketToPrune(PackedEntries counts, int bucket, DateTimeOffset now)
    {
        if (Total(counts) < ConversationLimits.IdempotencyKeys || HasExpired(counts, bucket, now))
            return null;
        for (var other = 0; other < ConversationLimits.IdempotencyBuckets; other++)
        {
            if (HasExpired(counts, other, now))
                return other;
        }

        return null;
    }

    internal static int Of(PackedEntries counts, int bucket) =>
        counts.Bytes.IsEmpty ? 0 : (int)PackedPointer.ReadNumber(counts.Bytes.Slice(bucket * EntryBytes, CountBytes));

    internal static int Total(PackedEntries counts)
    {
        var total = 0;
        for (var bucket = 0; bucket < ConversationLimits.IdempotencyBuckets; bucket++)
            total += Of(counts, bucket);
        return total;
    }

    internal static PackedEntries With(PackedEntries counts, int bucket, IdempotencyBucket content)
    {
        var all = counts.Bytes.IsEmpty ? new byte[AllBytes] : counts.Bytes.ToArray();
        var entry = all.AsSpan(bucket * EntryBytes, EntryBytes);
        PackedPointer.WriteNumber(entry[..CountBytes], content.Count);
        PackedPointer.WriteNumber(entry[CountBytes..], content.Oldest()?.ToUnixTimeMilliseconds() ?? 0);
        return new PackedEntries(all);
    }

    private static bool HasExpired(PackedEntries counts, int bucket, DateTimeOffset now)
    {
        if (Of(counts, bucket) == 0)
            return false;
        var oldest = PackedPointer.ReadNumber(counts.Bytes.Slice(bucket * EntryBytes + CountBytes, IdempotencyBucket.TimeBytes));
        return IdempotencyBucket.IsExpired(DateTimeOffset.FromUnixTimeMilliseconds(oldest), now);
    }
}
