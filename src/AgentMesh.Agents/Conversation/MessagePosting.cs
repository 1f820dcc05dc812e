using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using AgentMesh.Agents.Sessions;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Conversation;

/// <summary>
/// Posting a message: recognised as a repeat, refused, or turned into the records of one transaction. The cost of a message
/// does not grow with the history: the head, one page (two when the exchange crosses a page), with a caller's key its bucket, and in a
/// session beside the default one its record.
/// </summary>
public static class MessagePosting
{
    /// <summary>Decides what a message comes to. The request id or the key is what makes a repeat change nothing.</summary>
    /// <param name="head">The agent's head; <see cref="AgentHead.Unborn"/> for an agent never written to.</param>
    /// <param name="session">The request's session; null for the default one, or when there is none of that id.</param>
    /// <param name="openPage">The session's open page, as stored.</param>
    /// <param name="keys">With a caller's key its bucket, else null.</param>
    /// <param name="request">The message.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<PostOutcome> Post(
        AgentHead head, SessionRecord? session, MessagePage? openPage, KeyBuckets? keys, PostRequest request, long epoch, DateTimeOffset now)
    {
        if (request.Bucket != keys?.OwnN)
            throw new ArgumentException("The bucket of the request's key has to be loaded, and no other.", nameof(keys));
        now = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
        if ((StoredConversation.CheckHead(head) ?? keys?.Check(head)) is { } damaged)
            return damaged;
        if (request.SessionId != SessionNames.Default && session is null or { IsDeleted: true })
            return ConversationRefusals.SessionNotFound;
        var opened = StoredConversation.Open(head, session, openPage);
        if (opened.IsRefused)
            return opened.Refusal;

        var recalled = Recall(head, keys, request, now);
        if (recalled.IsRefused)
            return recalled.Refusal;
        if (recalled.Value.Repeat is { } repeat)
            return repeat;

        var prunedKeys = keys?.Prune(head, now);
        if (prunedKeys is { IsFull: true })
            return ConversationRefusals.TooManyIdempotencyKeys;
        return IsValid(request.Content)
            ? Append(head with { Epoch = epoch, LastActive = now }, session, opened.Value, prunedKeys, request, now)
            : ConversationRefusals.InvalidContent;
    }

    /// <summary>The answer to a repeated request, made again from the page it stands in.</summary>
    /// <param name="repeat">The pointer.</param>
    /// <param name="sessionId">The request's session.</param>
    /// <param name="page">The page it names, as stored; null when there is none.</param>
    public static Result<PostAnswer> Answer(RepeatedPost repeat, string sessionId, MessagePage? page)
    {
        // The time is compared too: a key left behind by half a transaction may point to a seq that was given out again.
        return page?.Find(repeat.Answer.Seq) is { Role: MessageRole.Assistant } message && (repeat.At ?? message.At) == message.At
            ? ToAnswer(message, sessionId)
            : ConversationRefusals.AgentQuarantined($"the answer with seq {repeat.Answer.Seq} is not in page {repeat.Answer.Page}");
    }

    private static Result<Recalled> Recall(AgentHead head, KeyBuckets? keys, PostRequest request, DateTimeOffset now)
    {
        if (request is { KeyHash: { } keyHash, BodyHash: { } bodyHash } && keys is { } buckets)
        {
            return buckets.Own.Find(keyHash, head.LastSeq, now) switch
            {
                null => default(Recalled),
                { } known when known.BodyHash.AsSpan().SequenceEqual(bodyHash.AsSpan(0, known.BodyHash.Length)) =>
                    new Recalled(new RepeatedPost(known.Answer, known.At)),
                _ => ConversationRefusals.IdempotencyKeyReused,
            };
        }

        return request.RequestHash is { } hash && RecentRequests.Find(head.Recent, hash) is { } answer
            ? new Recalled(new RepeatedPost(answer, null))
            : default(Recalled);
    }

    private static bool IsValid(string content) =>
        content.Length is > 0 and <= ConversationLimits.ContentBytes
        && Encoding.UTF8.GetByteCount(content) <= ConversationLimits.ContentBytes;

    private static StoredPost Append(
        AgentHead head, SessionRecord? session, MessagePage openPage, KeyBuckets? keys, PostRequest request, DateTimeOffset now)
    {
        var turn = head.Turn + 1;
        var user = new StoredMessage(head.LastSeq + 1, MessageRole.User, request.Content, now, turn, head.MessageCount + 1);
        var reply = EchoResponder.Reply(request.Content, head.MessageCount);
        var assistant = new StoredMessage(head.LastSeq + 2, MessageRole.Assistant, reply, now, turn, head.MessageCount + 2);

        var pages = new PageWriter(session?.Page ?? head.Page, openPage);
        pages.Append(user);
        pages.Append(assistant);
        var pointer = new PagePointer(pages.Open.N, assistant.Seq);

        head = head with { MessageCount = assistant.Count, LastSeq = assistant.Seq, Turn = turn };
        if (session is null)
            head = head with { Page = pages.Open };
        else
            session = session with { LastActive = now, Page = pages.Open, MessageCount = session.MessageCount + 2, LastSeq = assistant.Seq };
        if (request.RequestHash is { } hash)
            head = head with { Recent = RecentRequests.With(head.Recent, hash, pointer) };
        var buckets = ImmutableArray<NumberedBucket>.Empty;
        if (keys is { } known)
        {
            known = known.Remember(request, pointer, now);
            buckets = known.ToStore();
            head = head with { Keys = known.Count(head.Keys) };
        }

        return new StoredPost(buckets, pages.ToStore(), session, head, ToAnswer(assistant, request.SessionId));
    }

    private static PostAnswer ToAnswer(StoredMessage message, string sessionId) => new(
        message.Content, message.Count, message.Seq, message.Turn.ToString(CultureInfo.InvariantCulture), sessionId);

    private readonly record struct Recalled(RepeatedPost? Repeat);
}
