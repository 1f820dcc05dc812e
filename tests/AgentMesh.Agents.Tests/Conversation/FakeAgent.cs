using System.Text.Json;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.State;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Tests.Conversation;

/// <summary>The shell around the rules, in memory: loads what they ask for, stores what they say, counts both.</summary>
internal sealed class FakeAgent
{
    internal static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    internal static readonly JsonSerializerOptions Json = CreateJson();

    internal AgentHead? Head { get; set; }

    internal Dictionary<int, MessagePage> Pages { get; } = [];

    internal Dictionary<int, IdempotencyBucket> Buckets { get; } = [];

    internal DateTimeOffset Now { get; set; } = Start;

    internal List<int> Loaded { get; } = [];

    internal StoredPost? LastStored { get; private set; }

    internal Result<PostAnswer> Post(string content, string? requestId = null, string? key = null, string? session = null)
    {
        LastStored = null;
        var request = PostRequest.Create(content, session, requestId, key);
        var head = Head ?? AgentHead.Unborn(Now);
        KeyBuckets? keys = null;
        if (request.Bucket is { } own)
        {
            var spare = IdempotencyCounts.BucketToPrune(head.Keys, own, Now);
            keys = new KeyBuckets(own, Bucket(own), spare, spare is { } n ? Bucket(n) : null);
        }

        var outcome = MessagePosting.Post(head, Pages.GetValueOrDefault(head.Page.N), keys, request, 1L << 32, Now);
        if (outcome.IsRefused)
            return outcome.Refusal;
        if (outcome.Value is RepeatedPost repeat)
            return MessagePosting.Answer(repeat, Pages.GetValueOrDefault(repeat.Answer.Page));
        LastStored = (StoredPost)outcome.Value;
        foreach (var (n, bucket) in LastStored.Buckets)
            Buckets[n] = bucket;
        foreach (var (n, page) in LastStored.Pages)
            Pages[n] = page;
        Head = LastStored.Head;
        return LastStored.Answer;
    }

    internal Result<HistorySlice> History(int limit, long? before = null, string session = "default")
    {
        Loaded.Clear();
        var read = MessageHistory.ReadAsync(
            Head,
            new HistoryQuery(session, limit, before),
            (n, _) =>
            {
                Loaded.Add(n);
                return ValueTask.FromResult(Pages.GetValueOrDefault(n));
            },
            CancellationToken.None).AsTask();
        Assert.True(read.IsCompletedSuccessfully);
        return read.GetAwaiter().GetResult();
    }

    /// <summary>Bytes of a transaction as JSON, the way the SDK encodes it.</summary>
    internal static int Bytes(StoredPost stored) =>
        JsonSerializer.Serialize(stored.Head, Json).Length
        + stored.Pages.Sum(page => JsonSerializer.Serialize(page.Page, Json).Length)
        + stored.Buckets.Sum(bucket => JsonSerializer.Serialize(bucket.Bucket, Json).Length);

    private IdempotencyBucket Bucket(int n) => Buckets.GetValueOrDefault(n) ?? IdempotencyBucket.Empty;

    private static JsonSerializerOptions CreateJson()
    {
        var json = new JsonSerializerOptions { TypeInfoResolver = AgentStateJson.Default };
        AgentStateJson.AddTo(json);
        return json;
    }
}
