using System.Collections.Immutable;
using System.Globalization;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Limits;
using AgentMesh.Agents.Turns;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Mail;

/// <summary>Sending: the message and its place in the receiver's line are one transaction, and the request id or the key is what makes a repeat change nothing.</summary>
public static class MailSending
{
    /// <summary>What makes a repeat of a request to send something recognisable.</summary>
    /// <param name="draft">The message.</param>
    /// <param name="requestId">The gateway's id of the request.</param>
    /// <param name="idempotencyKey">The caller's key; null for none.</param>
    public static PostRequest RequestOf(MailDraft draft, string requestId, string? idempotencyKey)
    {
        ArgumentNullException.ThrowIfNull(draft);
        var funds = draft.Funds is { } money ? $"{money.Asset} {Amounts.ToText(money.Amount)}" : "";
        var seconds = draft.DeadlineSeconds?.ToString(CultureInfo.InvariantCulture);
        // A topic stands for its members: whoever has joined or left since makes a repeat no other request.
        var to = draft.Topic is null ? string.Join(' ', draft.To) : "";
        return PostRequest.Create(string.Join('\0', "mail", to, seconds, funds, draft.Topic, draft.InReplyTo?.Id, draft.Content), null, requestId, idempotencyKey);
    }

    /// <summary>The number of the first message of an earlier such request; 0: there was none.</summary>
    /// <param name="head">The head.</param>
    /// <param name="keys">With a caller's key its buckets, else null.</param>
    /// <param name="request">Of <see cref="RequestOf"/>.</param>
    /// <param name="now">The time.</param>
    public static Result<long> Recall(AgentHead head, KeyBuckets? keys, PostRequest request, DateTimeOffset now)
    {
        if ((StoredConversation.CheckHead(head) ?? keys?.Check(head)) is { } damaged)
            return damaged;
        var recalled = MessagePosting.Recall(head, keys, request, now);
        if (recalled.IsRefused)
            return recalled.Refusal;
        return recalled.Value.Repeat?.Answer.Page ?? 0L;
    }

    /// <summary>True when a recalled message was sent; false: it was stored without the head, which has given its number out again since, and is sent now.</summary>
    /// <param name="head">The head.</param>
    /// <param name="first">Of <see cref="Recall"/>.</param>
    /// <param name="mail">The message of that number; null: it is not there.</param>
    /// <param name="origin">The request.</param>
    public static bool WasSent(AgentHead head, long first, OutMail? mail, MailOrigin origin)
    {
        ArgumentNullException.ThrowIfNull(head);
        return first > 0 && first <= head.MailOut && (mail is null || mail.Id == IdsOf(first, 1, origin).First());
    }

    /// <summary>Sends a message to one receiver, or the same one to each of several.</summary>
    /// <param name="inputs">The agent's records; with its money, when the message or one of the oldest carries some.</param>
    /// <param name="sender">The agent.</param>
    /// <param name="draft">The message.</param>
    /// <param name="origin">Where the request comes from.</param>
    /// <param name="oldest">The messages that make room, as far as they are there: for each new one the one <see cref="MailLimits.KeptSent"/> numbers before it.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<SentStep> Send(
        MailInputs inputs, AgentKey sender, MailDraft draft, MailOrigin origin, IEnumerable<OutMail> oldest, long epoch, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var rules = inputs.Rules;
        var opened = MailWriter.Open(inputs, now);
        if (opened.IsRefused)
            return opened.Refusal;
        if (origin.Turn is { } turn && inputs.Turn.Turns?.Find(turn) is not { IsRunning: true })
            return TurnRefusals.TurnLost;
        var writer = opened.Value;
        var keys = origin.Keys?.Prune(inputs.Turn.Head, now);
        if (keys is { IsFull: true })
            return ConversationRefusals.TooManyIdempotencyKeys;
        if (Check(sender, draft, origin, rules) is { } invalid)
            return invalid;
        var sent = rules.Rate is { } rule ? RateWindow.Prune(writer.Book.Sent, rule, now) : PackedEntries.Empty;
        if (rules.Rate is { } rate && RateWindow.StateOf(sent, rate, now) is var left && left.Remaining < draft.To.Length)
            return MailRefusals.RateLimited(left);
        if (writer.Book.UnderWay + draft.To.Length > MailLimits.Open || oldest.Any(writer.IsNeeded))
            return MailRefusals.OutboxFull;

        foreach (var _ in rules.Rate is null ? [] : draft.To)
            sent = RateWindow.With(sent, now);
        writer.Book = writer.Book with { Sent = sent };
        var first = inputs.Turn.Head.MailOut + 1;
        foreach (var to in draft.To)
        {
            var n = writer.Send(n => ToMail(n, to, draft, origin, sender, writer.Now));
            if (draft.Funds is { } funds && writer.Change((ledger, money) => ledger.Hold(HoldOf(n, draft, origin, funds, writer.Now), money.Rules, money.Now)) is { } broke)
                return broke;
        }

        if (origin.Answers is (var answered, { } question))
            writer.Replace(answered, question with { State = InMailState.Answered, Reply = first });
        var pointer = new PagePointer((int)first, inputs.Turn.Head.LastSeq + 1);
        if (origin.Request.RequestHash is { } hash)
            writer.Remember(hash, pointer);
        ImmutableArray<NumberedBucket> buckets = [];
        if (keys is { } known)
        {
            known = known.Remember(origin.Request, pointer, writer.Now);
            writer.Count(known);
            buckets = known.ToStore();
        }

        var step = writer.ToStep(epoch);
        return new SentStep(step with { Change = step.Change! with { Buckets = buckets } }, [.. IdsOf(first, draft.To.Length, origin)]);
    }

    /// <summary>The ids of the messages of one request.</summary>
    /// <param name="first">The number of the first.</param>
    /// <param name="count">How many.</param>
    /// <param name="origin">The request.</param>
    public static IEnumerable<string> IdsOf(long first, int count, MailOrigin origin)
    {
        ArgumentNullException.ThrowIfNull(origin);
        return Enumerable.Range(0, count).Select(place => MailId.Of(first + place, origin.RequestId, origin.IdempotencyKey));
    }

    /// <summary>The hold that the sender has for what a receiver may spend.</summary>
    internal static string HoldIdOf(string mailId) => "mail:" + mailId;

    private static Refusal? Check(AgentKey sender, MailDraft draft, MailOrigin origin, MailRules rules)
    {
        if (draft.To.IsEmpty || draft.To.Length > MailLimits.ReceiversAtOnce || draft.To.Any(to => !AgentKey.TryParse(to, out var key) || key == sender))
            return MailRefusals.InvalidRecipient;
        if (draft.To.Distinct(StringComparer.Ordinal).Count() != draft.To.Length)
            return MailRefusals.InvalidRecipient;
        // A model's answer may be longer than what users send, and is there already.
        if (draft.Replays is null && !MessagePosting.IsValid(draft.Content))
            return ConversationRefusals.InvalidContent;
        if (draft.To.Length > 1 && (long)StoredMessage.EncodedBytes(draft.Content) * draft.To.Length > MailLimits.SentBytes)
            return MailRefusals.InvalidMail($"its text, as JSON and once for each recipient, has more than {MailLimits.SentBytes} bytes");
        if (draft.DeadlineSeconds is { } seconds && (seconds < 1 || seconds > MailLimits.Lifetime.TotalSeconds))
            return MailRefusals.InvalidMail($"its deadline is 1 to {MailLimits.Lifetime.TotalSeconds:0} seconds from now");
        if (draft.Funds is not null && draft.To.Length > 1)
            return MailRefusals.InvalidMail("money goes to one recipient at a time");
        if (draft.Funds is { Amount: var amount } && amount == 0)
            return MailRefusals.InvalidMail("its budget is more than nothing");
        if (origin.Answers is (_, { } question))
        {
            if (draft.Funds is not null)
                return MailRefusals.InvalidMail("an answer carries no budget");
            if (draft.To.Length > 1 || question.From != draft.To[0])
                return MailRefusals.InvalidMail("an answer goes to whom the message it answers is from");
            if (question.State is not (InMailState.Stored or InMailState.Read))
                return MailRefusals.MailIsAnswered;
        }

        if (draft.To.Any(to => AgentKey.TryParse(to, out var key) && !rules.MayMessage(sender.Tenant, key.Tenant)))
            return MailRefusals.MailNotAllowed;
        return origin.Via.Length >= rules.MaxHops ? MailRefusals.TooManyHops(rules.MaxHops) : null;
    }

    private static OutMail ToMail(long n, string to, MailDraft draft, MailOrigin origin, AgentKey sender, DateTimeOffset now) => new(
        MailId.Of(n, origin.RequestId, origin.IdempotencyKey), to, draft.Content, now,
        now + (draft.DeadlineSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : MailLimits.Lifetime),
        origin.Via.Add(sender.ToString()), draft.InReplyTo, null, draft.Topic, OutMailState.Pending, null, null, null, null)
    {
        // An answer says what was spent, and holds nothing.
        Funds = draft.Replays is { InReplyTo: not null } answer ? answer.Funds : draft.Funds,
    };

    private static HoldRequest HoldOf(long n, MailDraft draft, MailOrigin origin, MailFunds funds, DateTimeOffset now) => new(
        HoldIdOf(MailId.Of(n, origin.RequestId, origin.IdempotencyKey)), HoldKind.Delegation, funds.Asset, funds.Amount, funds.Amount, null, null,
        now + (draft.DeadlineSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : MailLimits.Lifetime) + MailLimits.FundsKept)
    {
        Grant = origin.Grant,
    };
}

/// <summary>A message to be sent; nothing is checked yet.</summary>
/// <param name="To">The receivers, <c>{tenant}:{user}</c>.</param>
/// <param name="Content">The text.</param>
/// <param name="DeadlineSeconds">How long it may be under way; null: as long as any.</param>
/// <param name="Funds">What the receiver may spend for it; null: nothing of the sender's.</param>
/// <param name="InReplyTo">The message it answers; null: none.</param>
/// <param name="Topic">The topic it is sent to; null: to the receivers alone.</param>
public sealed record MailDraft(ImmutableArray<string> To, string Content, int? DeadlineSeconds, MailFunds? Funds, MailReference? InReplyTo, string? Topic)
{
    /// <summary>The dead message that it is again; null: it is new.</summary>
    internal OutMail? Replays { get; init; }
}

/// <summary>Where a message comes from.</summary>
/// <param name="RequestId">The gateway's id of the request.</param>
/// <param name="IdempotencyKey">The caller's key; null for none.</param>
/// <param name="Request">Of <see cref="MailSending.RequestOf"/>.</param>
/// <param name="Keys">With a caller's key its buckets, else null.</param>
/// <param name="Via">The agents whose messages have led to it.</param>
/// <param name="Grant">The grant that its budget is of; null: the agent's own money.</param>
/// <param name="Answers">The received message that it answers; null: none.</param>
public sealed record MailOrigin(
    string RequestId, string? IdempotencyKey, PostRequest Request, KeyBuckets? Keys, ImmutableArray<string> Via, string? Grant = null, (long N, InMail Mail)? Answers = null)
{
    /// <summary>The turn that sends it, which has to be running: what a turn that is over sends would have led from nobody. Null: its owner does.</summary>
    public long? Turn { get; init; }
}

/// <summary>What sending comes to.</summary>
/// <param name="Step">What to store.</param>
/// <param name="Ids">The messages' ids, in the order of their receivers.</param>
public sealed record SentStep(MailStep Step, ImmutableArray<string> Ids);
