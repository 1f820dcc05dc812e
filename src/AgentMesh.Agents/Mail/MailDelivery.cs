using System.Collections.Immutable;
using AgentMesh.Agents.Budgets;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Mail;

/// <summary>
/// Taking a message that comes. It is taken once, whoever brings it how often. What is refused for good is remembered as what is taken is, so that a refusal
/// stands; what is refused for now is not, and comes again.
/// </summary>
public static class MailDelivery
{
    /// <summary>Takes a message, or says why not.</summary>
    /// <param name="inputs">The agent's records; with its money, when the message answers one that carried some.</param>
    /// <param name="agent">The agent.</param>
    /// <param name="senders">What is remembered of the sender and others, of <see cref="MailSenders.BucketOf"/>.</param>
    /// <param name="mail">The message.</param>
    /// <param name="last">The received message at the place of <see cref="MailSenders.PlaceOf"/>; null: it is not there.</param>
    /// <param name="answered">The agent's message that it answers, of that number; null: it answers none, or that is not there.</param>
    /// <param name="oldest">The received message that makes room, <see cref="MailLimits.KeptReceived"/> numbers before this one; null: it is not there.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    /// <returns>Refused for now: nothing is to be stored, and it is to be brought again.</returns>
    public static Result<DeliveredStep> Take(
        MailInputs inputs, AgentKey agent, MailSenders senders, IncomingMail mail, InMail? last, OutMail? answered, InMail? oldest, long epoch, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(mail);
        var rules = inputs.Rules;
        var opened = MailWriter.Open(inputs, now);
        if (opened.IsRefused)
            return opened.Refusal;
        var writer = opened.Value;
        // Another's message at its place: it was stored without the head, which has given the number out again since.
        var isAnothers = last is not null && (last.From, last.FromN) != (mail.From, mail.N);
#if PLANTED_BUGS
        isAnothers |= PlantedBugs.Is("duplicate_mail");
#endif
        if (!isAnothers && senders.Look(mail.From, mail.Generation, mail.N, writer.Head.MailIn) is { } earlier)
            return new DeliveredStep(new MailStep(null, []), RefusalOf(earlier, rules), earlier == MailOutcome.ToAnswer);
        var isReply = answered is not null && !(answered.Reply <= writer.Head.MailIn) && answered.To == mail.From && answered.Id == mail.InReplyTo?.Id;
        var policy = writer.Book.Policy ?? MailPolicy.Default;
        var outcome = WhyNot(agent, mail, isReply, policy, rules, writer.Now);
        var refusal = outcome is { } not ? RefusalOf(not, rules) : null;
        // Nobody waits for an answer to an answer: two that answer everything would go on for ever.
        var answers = policy.Receive == MailReceipt.Answer && mail is { InReplyTo: null, Failure: null };
        if (refusal is null && WhyNotNow(writer, senders, mail, answers, oldest) is { } full)
            return full;
        // Refused for good without room to remember it: the sender asks again.
        if (refusal is not null && !senders.Prune(writer.Now).HasRoom(mail.From))
            return MailRefusals.MailboxFull;

        var kept = refusal is null && (isReply || policy.Receive != MailReceipt.Ignore) ? ToMail(mail, answers, writer.Now) : null;
        // A refusal takes no number: whoever is not wanted must not push out what is kept.
        var here = refusal is null ? writer.Receive(kept) : 0;
        outcome ??= kept is { State: InMailState.Waiting } ? MailOutcome.ToAnswer : MailOutcome.Stored;
        writer.Senders = (MailSenders.BucketOf(mail.From), senders.Prune(writer.Now).With(mail.From, mail.Generation, mail.N, here, outcome.Value, writer.Now));
        if (refusal is null && isReply)
        {
            writer.Replace(mail.InReplyTo!.N, answered! with { Reply = here });
            if (answered.Funds is { } funds && Settle(writer, answered.Id, funds, mail.Funds) is { } broken)
                return broken;
        }

        if (kept is { State: InMailState.Waiting })
            writer.Book = (writer.Book with { ToAnswer = writer.Book.ToAnswer.Add(here) }).LookingAt(writer.LeaseUntil);
        return new DeliveredStep(writer.ToStep(epoch), refusal, kept is { State: InMailState.Waiting });
    }

    private static MailOutcome? WhyNot(AgentKey agent, IncomingMail mail, bool isReply, MailPolicy policy, MailRules rules, DateTimeOffset now)
    {
        if (mail.Deadline <= now)
            return MailOutcome.Expired;
        // An answer to what the agent has asked is what it has asked for.
        if (isReply)
            return null;
        if (!AgentKey.TryParse(mail.From, out var from) || !policy.Allows(from, agent, rules))
            return MailOutcome.NotAllowed;
        return mail.Via.Length > rules.MaxHops ? MailOutcome.TooManyHops : null;
    }

    private static Refusal? RefusalOf(MailOutcome outcome, MailRules rules) => outcome switch
    {
        MailOutcome.Expired => MailRefusals.MailExpired,
        MailOutcome.NotAllowed => MailRefusals.MailNotAllowed,
        MailOutcome.TooManyHops => MailRefusals.TooManyHops(rules.MaxHops),
        MailOutcome.Outdated => MailRefusals.MailOutdated,
        _ => null,
    };

    private static Refusal? WhyNotNow(MailWriter writer, MailSenders senders, IncomingMail mail, bool answers, InMail? oldest)
    {
        var hasRoom = senders.Prune(writer.Now).HasRoom(mail.From)
            && oldest is null or { IsDone: true }
            && (!answers || writer.Book.Unanswered < MailLimits.ToAnswer && writer.Book.AnswersTo(mail.From) < MailLimits.AnswersToOne);
        return hasRoom ? null : MailRefusals.MailboxFull;
    }

    /// <summary>What a delegate has spent is spent, and the rest is free again.</summary>
    private static Refusal? Settle(MailWriter writer, string id, MailFunds held, MailFunds? spent)
    {
        var amount = spent?.Asset == held.Asset ? UInt128.Min(spent.Amount, held.Amount) : 0;
        return writer.Change((ledger, money) => ledger.Find(MailSending.HoldIdOf(id)) is { IsOpen: true } hold
            ? amount == 0 ? ledger.Void(hold.Id, money.Rules, money.Now) : ledger.Post(hold.Id, amount, money.Rules, money.Now)
            // Its time was over, and all of it counts.
            : new LedgerStep(ledger, null!, []));
    }

    private static InMail ToMail(IncomingMail mail, bool answers, DateTimeOffset now) => new(
        mail.Id, mail.From, mail.N, mail.Content, mail.SentAt, now, mail.Via, mail.InReplyTo, mail.Failure, mail.Topic,
        answers ? InMailState.Waiting : InMailState.Stored, null, null, null, null)
    {
        Funds = mail.Funds,
    };
}

/// <summary>A message as it comes; its sender is who it says, because only agents call agents.</summary>
/// <param name="Id">Its id.</param>
/// <param name="From">The sender.</param>
/// <param name="Generation">When the sender's numbers began, Unix milliseconds.</param>
/// <param name="N">The sender's number of it.</param>
/// <param name="Content">The text.</param>
/// <param name="SentAt">When it was sent.</param>
/// <param name="Deadline">From then on it is not taken.</param>
/// <param name="Via">The agents whose messages have led to it, the sender last.</param>
/// <param name="InReplyTo">The message it answers, of this agent; null: none.</param>
/// <param name="Failure">A code of a refusal, when it says that there will be no answer.</param>
/// <param name="Topic">The topic it was sent to.</param>
/// <param name="Funds">What may be spent for it, or in an answer what was.</param>
public sealed record IncomingMail(
    string Id, string From, long Generation, long N, string Content, DateTimeOffset SentAt, DateTimeOffset Deadline, ImmutableArray<string> Via, MailReference? InReplyTo,
    string? Failure, string? Topic, MailFunds? Funds);

/// <summary>What became of a message that came.</summary>
/// <param name="Step">What to store; without a change it was here before.</param>
/// <param name="Refusal">Why it is refused for good; null: it is taken.</param>
/// <param name="IsToAnswer">It will be answered. Else nothing of its money is spent.</param>
public sealed record DeliveredStep(MailStep Step, Refusal? Refusal, bool IsToAnswer);
