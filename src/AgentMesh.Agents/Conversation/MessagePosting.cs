using System.Collections.Immutable;
using System.Text;
using AgentMesh.Agents.Limits;
using AgentMesh.Agents.Mail;
using AgentMesh.Agents.Schedules;
using AgentMesh.Agents.State;
using AgentMesh.Agents.Turns;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Conversation;

/// <summary>
/// Posting a message: recognised as a repeat, refused, or turned into the records of one transaction. The cost of a message
/// does not grow with the history: the head, one page of messages and one of events (two when the exchange crosses a page), with a caller's
/// key its bucket, in a session beside the default one its record, with a model the open turns, and of one that is paid for its payment.
/// </summary>
public static class MessagePosting
{
    /// <summary>Decides what a message comes to. The request id or the key is what makes a repeat change nothing.</summary>
    /// <param name="inputs">The agent's records.</param>
    /// <param name="request">The message.</param>
    /// <param name="rules">How the agent is set up.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<PostOutcome> Post(PostInputs inputs, PostRequest request, PostRules rules, long epoch, DateTimeOffset now)
    {
        var (head, session, openPage, openEvents, turns, keys) = inputs;
        if (request.Bucket != keys?.OwnN)
            throw new ArgumentException("The bucket of the request's key has to be loaded, and no other.", nameof(inputs));
        now = now.WholeMilliseconds();
        if ((StoredConversation.CheckHead(head) ?? keys?.Check(head)) is { } damaged)
            return damaged;
        if (request.SessionId != SessionNames.Default && session is null or { IsDeleted: true })
            return ConversationRefusals.SessionNotFound;
        var opened = ConversationWriter.Open(head, openEvents, turns, inputs.Funds);
        if (opened.IsRefused)
            return opened.Refusal;
        var writer = opened.Value;
        if (writer.Enter(request.SessionId, session, openPage) is { } damagedSession)
            return damagedSession;

        var recalled = Recall(head, keys, request, now);
        if (recalled.IsRefused)
            return recalled.Refusal;
        if (recalled.Value.Repeat is { } repeat)
            return repeat;

        var prunedKeys = keys?.Prune(head, now);
        if (prunedKeys is { IsFull: true })
            return ConversationRefusals.TooManyIdempotencyKeys;
        if (!IsValid(request.Content))
            return ConversationRefusals.InvalidContent;
        if (request.IfBusy is not { } ifBusy)
            return TurnRefusals.InvalidIfBusy;
        // Whoever may have a tool called has paid for it, and takes no room from the owner's messages.
        var rate = request.Tool is null ? rules.Rate : null;
        var accepted = request.Tool is not null ? head.Accepted : rate is { } known ? RateWindow.Prune(head.Accepted, known, now) : PackedEntries.Empty;
        if (rate is { } limit && RateWindow.StateOf(accepted, limit, now) is { Remaining: <= 0 } full)
            return new LimitedPost(full);
        // It would wait for as long as that turn does; an interrupt ends that one.
        if (ifBusy != BusyPolicy.Interrupt && writer.Turns.PausedIn(request.SessionId) is { Pause: { } pause } paused)
            return new PausedPost(TurnId.Of(paused.Turn), pause);
        if (Admit(writer, request.SessionId, ifBusy, now) is { } refusal)
            return refusal;
        if (rate is not null)
            accepted = RateWindow.With(accepted, now);
        writer.Head = writer.Head with { Accepted = accepted };
        var rateLeft = rate is { } rule ? RateWindow.StateOf(accepted, rule, now) : null;
        return Append(writer, prunedKeys, request, rules, rateLeft, epoch, now);
    }

    /// <summary>The answer to a repeated request, made again from the page it stands in; null when that is the user's message, whose turn has it.</summary>
    /// <param name="repeat">The pointer.</param>
    /// <param name="page">The page it names, as stored; null when there is none.</param>
    public static Result<StoredMessage> Find(RepeatedPost repeat, MessagePage? page)
    {
        // The time is compared too: a key left behind by half a transaction may point to a seq that was given out again.
        return page?.Find(repeat.Answer.Seq) is { } message && (repeat.At ?? message.At) == message.At
            ? message
            : ConversationRefusals.AgentQuarantined($"the answer with seq {repeat.Answer.Seq} is not in page {repeat.Answer.Page}");
    }

    /// <summary>What a caller is told of an answered turn.</summary>
    /// <param name="answer">The assistant's message.</param>
    /// <param name="sessionId">Its session.</param>
    /// <param name="page">The page it stands in.</param>
    public static PostAnswer ToAnswer(StoredMessage answer, string sessionId, MessagePage page)
    {
        var user = page.Messages.FirstOrDefault(message => message.Turn == answer.Turn && message.Role == MessageRole.User);
        return new PostAnswer(
            answer.Content, answer.Count, answer.Seq, TurnId.Of(answer.Turn), sessionId, answer.At, user?.Seq ?? answer.Turn, user?.At ?? answer.At);
    }

    /// <summary>What a caller is told of a turn that is not over.</summary>
    /// <param name="user">The user's message.</param>
    /// <param name="sessionId">Its session.</param>
    public static PostAnswer ToPending(StoredMessage user, string sessionId) =>
        new(null, user.Count, user.Seq, TurnId.Of(user.Turn), sessionId, user.At, user.Seq, user.At);

    internal static Result<Recalled> Recall(AgentHead head, KeyBuckets? keys, PostRequest request, DateTimeOffset now)
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

    /// <summary>True for a text that can be a message.</summary>
    internal static bool IsValid(string content) =>
        content.Length is > 0 and <= ConversationLimits.ContentBytes
        && Encoding.UTF8.GetByteCount(content) <= ConversationLimits.ContentBytes;

    // Room for the message among the turns that are not over, made by an interrupt when there is none.
    private static Refusal? Admit(ConversationWriter writer, string session, BusyPolicy ifBusy, DateTimeOffset now)
    {
        var busy = writer.Turns.Open.Where(turn => turn.Session == session).ToArray();
        if (busy.Length > 0 && ifBusy == BusyPolicy.Reject)
            return TurnRefusals.TurnRunning;
        if (ifBusy == BusyPolicy.Interrupt)
        {
            foreach (var turn in busy)
                writer.End(turn, TurnRefusals.TurnCanceled, now);
        }

        return writer.Turns.Open.Length >= TurnLimits.Open ? TurnRefusals.TooManyTurns : null;
    }

    private static StoredPost Append(
        ConversationWriter writer, KeyBuckets? keys, PostRequest request, PostRules rules, RateState? rate, long epoch, DateTimeOffset now)
    {
        var storedBefore = writer.Head.MessageCount;
        var (user, page) = writer.Append(MessageRole.User, request.Content, null, now);
        if (request.Schedule is { } schedule)
            writer.Note(ScheduleFacts.Ran(schedule, request.SessionId, user.Turn, now));
        if (request.Mail is { } mail)
            writer.Note(MailFacts.Answering(mail, request.SessionId, user.Turn, now));
        var (last, lastPage) = (user, page);
        ImmutableArray<TurnRun> runs = [];
        // Behind a turn that is not over it has to wait even for a responder that answers at once.
        if (rules.AnswersAtOnce && request.Tool is null && !writer.Turns.IsBusy(request.SessionId))
        {
            (last, lastPage) = writer.Append(MessageRole.Assistant, EchoResponder.Reply(request.Content, storedBefore, writer.Head.Wallet), user.Turn, now);
        }
        else
        {
            var turns = writer.Turns.With(new OpenTurn(user.Turn, request.SessionId, page, 0, now, now, now, request.Tool));
            (writer.Turns, runs) = turns.StartWaiting(rules.Turns, now);
        }

        var pointer = new PagePointer(lastPage, last.Seq);
        if (request.RequestHash is { } hash)
            writer.Head = writer.Head with { Recent = RecentRequests.With(writer.Head.Recent, hash, pointer) };
        var buckets = ImmutableArray<NumberedBucket>.Empty;
        if (keys is { } known)
        {
            known = known.Remember(request, pointer, now);
            buckets = known.ToStore();
            writer.Head = writer.Head with { Keys = known.Count(writer.Head.Keys) };
        }

        var answer = last.Role == MessageRole.User
            ? ToPending(user, request.SessionId)
            : new PostAnswer(last.Content, last.Count, last.Seq, TurnId.Of(user.Turn), request.SessionId, now, user.Seq, now);
        return new StoredPost(writer.ToChange(epoch, now) with { Buckets = buckets, Payment = request.Payment }, answer, rate, runs);
    }

    internal readonly record struct Recalled(RepeatedPost? Repeat);
}
