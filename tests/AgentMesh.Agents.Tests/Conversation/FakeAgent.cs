using System.Text.Json;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Sessions;
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

    internal SessionIndex Index { get; set; } = SessionIndex.Empty;

    internal Dictionary<string, SessionRecord> Sessions { get; } = [];

    internal Dictionary<(string Session, int N), MessagePage> SessionPages { get; } = [];

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

        var record = Sessions.GetValueOrDefault(request.SessionId);
        var outcome = MessagePosting.Post(head, record, Page(request.SessionId, (record?.Page ?? head.Page).N), keys, request, 1L << 32, Now);
        if (outcome.IsRefused)
            return outcome.Refusal;
        if (outcome.Value is RepeatedPost repeat)
            return MessagePosting.Answer(repeat, request.SessionId, Page(request.SessionId, repeat.Answer.Page));
        LastStored = (StoredPost)outcome.Value;
        foreach (var (n, bucket) in LastStored.Buckets)
            Buckets[n] = bucket;
        foreach (var (n, page) in LastStored.Pages)
        {
            if (LastStored.Session is null)
                Pages[n] = page;
            else
                SessionPages[(request.SessionId, n)] = page;
        }

        if (LastStored.Session is { } changed)
            Sessions[request.SessionId] = changed;
        Head = LastStored.Head;
        return LastStored.Answer;
    }

    internal Result<HistorySlice> History(int limit, long? before = null, string session = "default")
    {
        Loaded.Clear();
        var read = MessageHistory.ReadAsync(
            Head,
            Sessions.GetValueOrDefault(session),
            new HistoryQuery(session, limit, before),
            (n, _) =>
            {
                Loaded.Add(n);
                return ValueTask.FromResult(Page(session, n));
            },
            CancellationToken.None).AsTask();
        Assert.True(read.IsCompletedSuccessfully);
        return read.GetAwaiter().GetResult();
    }

    internal Result<SessionChange> CreateSession(string requestId, string? metadata = null)
    {
        var id = SessionId.Of(requestId, null);
        return Apply(SessionChanges.Create(Head ?? AgentHead.Unborn(Now), Index, Sessions.GetValueOrDefault(id), id, metadata, 1L << 32, Now));
    }

    internal Result<SessionChange> UpdateSession(string id, string? patch) =>
        Apply(SessionChanges.Update(Sessions.GetValueOrDefault(id), id, patch, Now));

    internal Result<SessionChange> DeleteSession(string id) =>
        Apply(SessionChanges.Delete(Head!, Index, Sessions.GetValueOrDefault(id), id, 1L << 32, Now));

    /// <summary>Bytes of a transaction as JSON, the way the SDK encodes it.</summary>
    internal static int Bytes(StoredPost stored) =>
        JsonSerializer.Serialize(stored.Head, Json).Length
        + stored.Pages.Sum(page => JsonSerializer.Serialize(page.Page, Json).Length)
        + stored.Buckets.Sum(bucket => JsonSerializer.Serialize(bucket.Bucket, Json).Length);

    private Result<SessionChange> Apply(Result<SessionChange> outcome)
    {
        if (outcome.IsRefused)
            return outcome;
        var change = outcome.Value;
        for (var n = change.RemovedPages.First; n <= change.RemovedPages.Last; n++)
            SessionPages.Remove((change.Id, n));
        if (change.Session is { } session)
            Sessions[change.Id] = session;
        else
            Sessions.Remove(change.Id);
        Index = change.Index ?? Index;
        Head = change.Head ?? Head;
        return outcome;
    }

    private MessagePage? Page(string session, int n) =>
        session == SessionNames.Default ? Pages.GetValueOrDefault(n) : SessionPages.GetValueOrDefault((session, n));

    private IdempotencyBucket Bucket(int n) => Buckets.GetValueOrDefault(n) ?? IdempotencyBucket.Empty;

    private static JsonSerializerOptions CreateJson()
    {
        var json = new JsonSerializerOptions { TypeInfoResolver = AgentStateJson.Default };
        AgentStateJson.AddTo(json);
        return json;
    }
}
