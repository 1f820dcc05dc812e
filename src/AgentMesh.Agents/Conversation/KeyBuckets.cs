using System.Collections.Immutable;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Conversation;

/// <summary>The idempotency buckets one request needs: the one of its key, and one to prune when the agent has no room left.</summary>
/// <param name="OwnN">The number of the key's bucket.</param>
/// <param name="Own">The key's bucket.</param>
/// <param name="SpareN">The number <see cref="IdempotencyCounts.BucketToPrune"/> gave; null when it gave none.</param>
/// <param name="Spare">That bucket.</param>
public readonly record struct KeyBuckets(int OwnN, IdempotencyBucket Own, int? SpareN, IdempotencyBucket? Spare)
{
    private PackedEntries Counts { get; init; }

    /// <summary>After pruning: true when one more key would be one too many.</summary>
    internal bool IsFull => IdempotencyCounts.Total(Counts) >= ConversationLimits.IdempotencyKeys;

    /// <summary>The reason to quarantine the agent: a bucket that forgot keys would act on them twice.</summary>
    internal Refusal? Check(AgentHead head)
    {
        return Fits(OwnN, Own) && (SpareN is null || Fits(SpareN.Value, Spare))
            ? null
            : ConversationRefusals.AgentQuarantined("idempotency keys are missing");

        bool Fits(int n, IdempotencyBucket? bucket) =>
            bucket is not null
            && bucket.Entries.Bytes.Length % IdempotencyBucket.EntryBytes == 0
            && (bucket.Count > 0 || IdempotencyCounts.Of(head.Keys, n) == 0);
    }

    internal KeyBuckets Prune(AgentHead head, DateTimeOffset now)
    {
        var pruned = this with { Own = Own.Prune(head.LastSeq, now), Spare = Spare?.Prune(head.LastSeq, now) };
        return pruned with { Counts = pruned.Count(head.Keys) };
    }

    internal KeyBuckets Remember(PostRequest request, PagePointer answer, DateTimeOffset now) =>
#if PLANTED_BUGS
        PlantedBugs.Is("forgotten_key") ? this :
#endif
        this with { Own = Own.With(request.KeyHash, request.BodyHash, answer, now) };

    internal PackedEntries Count(PackedEntries counts)
    {
        counts = IdempotencyCounts.With(counts, OwnN, Own);
        return SpareN is { } n && Spare is { } spare ? IdempotencyCounts.With(counts, n, spare) : counts;
    }

    internal ImmutableArray<NumberedBucket> ToStore() => SpareN is { } n && Spare is { } spare
        ? [new NumberedBucket(OwnN, Own), new NumberedBucket(n, spare)]
        : [new NumberedBucket(OwnN, Own)];
}
