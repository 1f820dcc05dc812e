using System.Security.Cryptography;
using System.Text.Json;
using AgentMesh.Agents.Conversation;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;
using Dapr.Actors.Runtime;
using DaprActorHost = Dapr.Actors.Runtime.ActorHost;

namespace AgentMesh.ActorHost.Agents;

/// <summary>
/// One user's agent: loads, asks <c>AgentMesh.Agents</c>, sets state last, replies. The SDK serializes its turns.
/// The head and the open page stay in memory while it is active; every other record only for the turn that needs it.
/// </summary>
[Actor(TypeName = AgentActorType.Name)]
internal sealed partial class AgentActor(DaprActorHost host, TimeProvider time, AgentActorOptions options) : Actor(host), IAgentActor
{
    private static readonly UnloadStateOptions Discard = new() { AllowUnloadingWhenStateModified = true };

    /// <summary>The epoch of this activation; 0 while no head has been read.</summary>
    private long _epoch;

    /// <summary>When the head in memory was last known to be the stored one.</summary>
    private long _headConfirmed;

    public async Task<Reply<PostedMessage>> PostMessage(PostMessage request, CancellationToken cancellationToken)
    {
        var post = PostRequest.Create(request.Content, request.SessionId, request.RequestId, request.IdempotencyKey);
        var now = time.GetUtcNow();
        AgentHead head;
        Result<PostOutcome> outcome;
        MessagePage? repeated = null;
        try
        {
            head = (await LoadHeadAsync(AgentHead.Unborn(now), cancellationToken))!;
            var openPage = head.Page.N == 0 ? null : await LoadPageAsync(head, head.Page.N, cancellationToken);
            var keys = await LoadKeysAsync(head, post, now, cancellationToken);
            outcome = MessagePosting.Post(head, openPage, keys, post, _epoch, now);
            if (outcome.Value is RepeatedPost { Answer.Page: var page })
                repeated = await LoadPageAsync(head, page, cancellationToken);
        }
        catch (JsonException damage)
        {
            return await QuarantineAsync<PostedMessage>(damage);
        }

        if (outcome.Value is StoredPost stored)
        {
            await StoreAsync(head, stored, cancellationToken);
            return ToReply(stored.Answer);
        }

        await ForgetAsync(head, post, now);
        if (outcome.IsRefused)
            return Refuse<PostedMessage>(outcome.Refusal);
        var answer = MessagePosting.Answer((RepeatedPost)outcome.Value, repeated);
        return answer.IsRefused ? Refuse<PostedMessage>(answer.Refusal) : ToReply(answer.Value);
    }

    public async Task<Reply<AgentInfo>> GetInfo(CancellationToken cancellationToken)
    {
        try
        {
            var head = await LoadHeadAsync(null, cancellationToken);
            if (head is null)
                return new Reply<AgentInfo>(new AgentInfo(0, null, null), null);
            return StoredConversation.CheckHead(head) is { } damaged
                ? Refuse<AgentInfo>(damaged)
                : new Reply<AgentInfo>(new AgentInfo(head.MessageCount, head.CreatedAt, head.LastActive), null);
        }
        catch (JsonException damage)
        {
            return await QuarantineAsync<AgentInfo>(damage);
        }
    }

    public async Task<Reply<HistoryPage>> GetHistory(GetHistory request, CancellationToken cancellationToken)
    {
        try
        {
            var head = await LoadHeadAsync(null, cancellationToken);
            var query = new HistoryQuery(request.SessionId ?? SessionNames.Default, request.Limit, request.Before);
            var slice = await MessageHistory.ReadAsync(head, query, (n, token) => LoadPageAsync(head!, n, token), cancellationToken);
            return slice.IsRefused ? Refuse<HistoryPage>(slice.Refusal) : new Reply<HistoryPage>(ToPage(slice.Value), null);
        }
        catch (JsonException damage)
        {
            return await QuarantineAsync<HistoryPage>(damage);
        }
    }

    /// <summary>The SDK has dropped its cache: what this activation believed is gone with it.</summary>
    protected override Task OnActorMethodFailedAsync(ActorMethodContext actorMethodContext, Exception e)
    {
        _epoch = 0;
        return Task.CompletedTask;
    }

    /// <summary>The head, from memory while that can be trusted. With <paramref name="ifMissing"/> a turn that is about to write it.</summary>
    private async Task<AgentHead?> LoadHeadAsync(AgentHead? ifMissing, CancellationToken cancellationToken)
    {
        AgentHead? known = null;
        if (_epoch != 0)
        {
            known = (await StateManager.TryGetStateAsync<AgentHead>(StateKeys.Head, cancellationToken)).Value;
            if (time.GetElapsedTime(_headConfirmed).TotalSeconds < options.HeadTrustSeconds)
                return known;
            await StateManager.UnloadStateAsync(StateKeys.Head, null, cancellationToken);
        }

        // GetOrAdd, because Set would ask the store once more whether a key it does not know is there.
        var head = ifMissing is null
            ? (await StateManager.TryGetStateAsync<AgentHead>(StateKeys.Head, cancellationToken)).Value
            : await StateManager.GetOrAddStateAsync(StateKeys.Head, ifMissing, cancellationToken);
        _headConfirmed = time.GetTimestamp();
        if (known is not null && IsSame(known, head))
            return head;
        if (known is not null)
        {
            LogForeignActivation(Logger, Id.GetId());
            await StateManager.UnloadStateAsync(StateKeys.Page(known.Page.N), null, cancellationToken);
        }

        if (head is null)
        {
            // The SDK remembers that a key is missing, for ever; the next call may follow another activation's write.
            await StateManager.UnloadStateAsync(StateKeys.Head, null, cancellationToken);
            _epoch = 0;
            return null;
        }

        _epoch = Epoch.Next(head.Epoch, (uint)RandomNumberGenerator.GetInt32(int.MaxValue));
        return head;
    }

    /// <summary>A page; only the open one stays in memory.</summary>
    private async ValueTask<MessagePage?> LoadPageAsync(AgentHead head, int n, CancellationToken cancellationToken)
    {
        var page = (await StateManager.TryGetStateAsync<MessagePage>(StateKeys.Page(n), cancellationToken)).Value;
        if (n != head.Page.N || page is null)
            await StateManager.UnloadStateAsync(StateKeys.Page(n), null, cancellationToken);
        return page;
    }

    private async Task<KeyBuckets?> LoadKeysAsync(AgentHead head, PostRequest post, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (post.Bucket is not { } own)
            return null;
        var spare = IdempotencyCounts.BucketToPrune(head.Keys, own, now);
        return new KeyBuckets(own, await LoadAsync(own), spare, spare is { } n ? await LoadAsync(n) : null);

        Task<IdempotencyBucket> LoadAsync(int n) =>
            StateManager.GetOrAddStateAsync(StateKeys.Bucket(n), IdempotencyBucket.Empty, cancellationToken);
    }

    /// <summary>Commits a message, in one transaction, before anything is answered.</summary>
    private async Task StoreAsync(AgentHead before, StoredPost stored, CancellationToken cancellationToken)
    {
        foreach (var (n, bucket) in stored.Buckets)
            await StateManager.SetStateAsync(StateKeys.Bucket(n), bucket, cancellationToken);
        foreach (var (n, page) in stored.Pages)
        {
            if (n != before.Page.N && !ReferenceEquals(page, await StateManager.GetOrAddStateAsync(StateKeys.Page(n), page, cancellationToken)))
                await CheckHeadIsOursAsync(before, cancellationToken);
            await StateManager.SetStateAsync(StateKeys.Page(n), page, cancellationToken);
        }

        await StateManager.SetStateAsync(StateKeys.Head, stored.Head, cancellationToken);
        // Saved here and not after the method by the SDK, which would keep all of it in memory afterwards.
        await SaveStateAsync();
        _headConfirmed = time.GetTimestamp();

        foreach (var (n, _) in stored.Buckets)
            await StateManager.UnloadStateAsync(StateKeys.Bucket(n), null, CancellationToken.None);
        for (var n = before.Page.N; n < stored.Head.Page.N; n++)
            await StateManager.UnloadStateAsync(StateKeys.Page(n), null, CancellationToken.None);
    }

    /// <summary>
    /// A page this agent has not opened yet is there already. Either half of a transaction was left behind, which is
    /// overwritten, or another activation is ahead of this one.
    /// </summary>
    private async Task CheckHeadIsOursAsync(AgentHead known, CancellationToken cancellationToken)
    {
        await StateManager.UnloadStateAsync(StateKeys.Head, Discard, cancellationToken);
        var head = await StateManager.GetOrAddStateAsync(StateKeys.Head, known, cancellationToken);
        if (!IsSame(known, head))
            throw new ForeignActivationException();
    }

    /// <summary>Leaves no trace of a turn that stores nothing: its buckets, and a head that does not exist.</summary>
    private async Task ForgetAsync(AgentHead head, PostRequest post, DateTimeOffset now)
    {
        if (head.Epoch == 0)
        {
            await AbandonAsync();
            return;
        }

        if (post.Bucket is not { } own)
            return;
        await StateManager.UnloadStateAsync(StateKeys.Bucket(own), Discard);
        if (IdempotencyCounts.BucketToPrune(head.Keys, own, now) is { } spare)
            await StateManager.UnloadStateAsync(StateKeys.Bucket(spare), Discard);
    }

    private async Task AbandonAsync()
    {
        await StateManager.ClearCacheAsync();
        _epoch = 0;
    }

    /// <summary>Answers damaged records. Not by an exception: nothing is wrong with this turn, and a retry would not help.</summary>
    private async Task<Reply<T>> QuarantineAsync<T>(JsonException damage)
        where T : class
    {
        await AbandonAsync();
        LogUnreadable(Logger, Id.GetId(), damage.Path);
        return new Reply<T>(null, ConversationRefusals.AgentQuarantined("a record cannot be read"));
    }

    private Reply<T> Refuse<T>(Refusal refusal)
        where T : class
    {
        if (refusal.Code == AgentRefusals.AgentQuarantined)
            LogQuarantined(Logger, Id.GetId(), refusal.Detail);
        return new Reply<T>(null, refusal);
    }

    /// <summary>Epochs are drawn per activation, and an activation's own writes raise the seq.</summary>
    private static bool IsSame(AgentHead known, AgentHead? stored) =>
        stored is not null && known.Epoch == stored.Epoch && known.LastSeq == stored.LastSeq;

    private static Reply<PostedMessage> ToReply(PostAnswer answer) =>
        new(new PostedMessage(answer.Response, answer.MessageCount, answer.Seq, answer.TurnId, answer.SessionId), null);

    private static HistoryPage ToPage(HistorySlice slice) => new(
        [.. slice.Messages.Select(message => new HistoryMessage(
            message.Seq,
            message.Role == MessageRole.User ? "user" : "assistant",
            message.Content,
            message.At.ToUnixTimeMilliseconds()))],
        slice.NextBefore);

    [LoggerMessage(1, LogLevel.Error, "Agent {AgentId} is quarantined: {Reason}")]
    private static partial void LogQuarantined(ILogger logger, string agentId, string reason);

    [LoggerMessage(2, LogLevel.Error, "Agent {AgentId} is quarantined: a stored record cannot be read at {JsonPath}")]
    private static partial void LogUnreadable(ILogger logger, string agentId, string? jsonPath);

    [LoggerMessage(3, LogLevel.Warning, "Agent {AgentId} was written by another activation; its state is read again")]
    private static partial void LogForeignActivation(ILogger logger, string agentId);
}
