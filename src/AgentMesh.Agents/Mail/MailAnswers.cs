using System.Collections.Immutable;
using System.Globalization;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.Turns;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Mail;

/// <summary>
/// Answering what has come: the message becomes one of the agent's own conversation, in a session of the two, and what ends its turn is sent back.
/// Each is one transaction, and the number of the received message is its request id.
/// </summary>
public static class MailAnswers
{
    /// <summary>The session that an agent answers another one in.</summary>
    /// <param name="from">The other one.</param>
    public static string SessionOf(string from) => SessionId.Of("mail-from:" + from, null);

    /// <summary>The message as a message of the conversation.</summary>
    /// <param name="n">Its number.</param>
    /// <param name="mail">The message.</param>
    public static PostRequest RequestOf(long n, InMail mail)
    {
        ArgumentNullException.ThrowIfNull(mail);
        return PostRequest.Create(mail.Content, SessionOf(mail.From), string.Create(CultureInfo.InvariantCulture, $"mail:{n}:{mail.Id}"), null) with { Mail = mail };
    }

    /// <summary>Begins to answer a message that waits.</summary>
    /// <param name="inputs">The agent's records; with its money, when the message carries some.</param>
    /// <param name="post">The same, as for the message.</param>
    /// <param name="n">The message's number: one of those to answer.</param>
    /// <param name="mail">The message.</param>
    /// <param name="failure">Why its session cannot be; null: it is there.</param>
    /// <param name="oldest">The sent message that makes room for a refusal; null: it is not there.</param>
    /// <param name="agent">The agent.</param>
    /// <param name="rules">How the agent is set up.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    /// <returns>What to store; without a change there is no room for it now, and it waits.</returns>
    public static Result<AnswerStep> Begin(
        MailInputs inputs, PostInputs post, long n, InMail mail, Refusal? failure, OutMail? oldest, AgentKey agent, PostRules rules, long epoch, DateTimeOffset now)
    {
        var outcome = failure is null ? MessagePosting.Post(post, RequestOf(n, mail), rules with { Rate = null }, epoch, now) : failure;
        switch (outcome.Value)
        {
            case StoredPost stored:
                return Began(inputs, stored, n, mail, epoch, now);
            case RepeatedPost { Answer: var answer }:
                // Half of a transaction: the message is there, the rest is not.
                return Continue(inputs, n, mail, answer.Seq, epoch, now);
            case PausedPost:
                return new AnswerStep(new MailStep(null, []), []);
            default:
                var refusal = outcome.Refusal!;
                if (refusal.Code == TurnRefusals.TooManyTurns.Code)
                    return new AnswerStep(new MailStep(null, []), []);
                if (refusal.Code == ConversationRefusals.AgentQuarantined("").Code)
                    return refusal;
                return Refuse(inputs, n, mail, refusal, oldest, agent, epoch, now);
        }
    }

    /// <summary>Sends back what has become of the turn that answers a message.</summary>
    /// <param name="inputs">The agent's records; with its money, when the message carried some.</param>
    /// <param name="turn">The message and its turn.</param>
    /// <param name="mail">The message; null: it is not there any more.</param>
    /// <param name="ended">How the turn has ended, by the log.</param>
    /// <param name="oldest">The sent message that makes room for the answer; null: it is not there.</param>
    /// <param name="agent">The agent.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    /// <returns>What to store; without a change there is no room for the answer now, and it waits.</returns>
    public static Result<MailStep> Finish(
        MailInputs inputs, MailTurn turn, InMail? mail, Result<EndedTurn> ended, OutMail? oldest, AgentKey agent, long epoch, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(turn);
        var opened = MailWriter.Open(inputs, now);
        if (opened.IsRefused)
            return opened.Refusal;
        var writer = opened.Value;
        if (writer.Book.Answering.FirstOrDefault(other => other.N == turn.N) is not { } answering)
            return new MailStep(null, []);
        if (mail is null)
        {
            writer.Book = (writer.Book with { Answering = writer.Book.Answering.Remove(answering) }).LookingAt(writer.LeaseUntil);
            return writer.ToStep(epoch);
        }

        // Another turn of that number: this one was stored without the head, and is not there. It begins anew.
        if (ended.Value is { User: var user } && (user.Entry.Session != SessionOf(mail.From) || user.Message?.Content != mail.Content))
        {
            writer.Book = (writer.Book with
            {
                Answering = writer.Book.Answering.Remove(answering),
                ToAnswer = writer.Book.ToAnswer.Insert(0, turn.N),
            }).LookingAt(writer.LeaseUntil);
            return writer.ToStep(epoch);
        }

        if (oldest is not null && writer.IsNeeded(oldest))
            return new MailStep(null, []);
        var failure = ended switch
        {
            { Value.End.Entry: ErrorEntry error } => new Refusal(error.Code, error.Detail),
            { Value.End.Message: not null } => null,
            // Gone with its session: there will be no answer.
            _ => ended.Refusal ?? TurnRefusals.TurnNotFound,
        };
        var spent = Close(writer, turn.N, mail);
        var reply = Reply(writer, turn.N, mail, failure is null ? ended.Value!.End.Message!.Content : null, failure, spent, agent);
        writer.Book = (writer.Book with { Answering = writer.Book.Answering.Replace(answering, answering with { Reply = reply }) }).LookingAt(writer.LeaseUntil);
        return writer.ToStep(epoch);
    }

    /// <summary>Nothing can be done now: looks again later.</summary>
    /// <param name="inputs">The agent's records.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<MailStep> Wait(MailInputs inputs, long epoch, DateTimeOffset now)
    {
        var opened = MailWriter.Open(inputs, now);
        if (opened.IsRefused)
            return opened.Refusal;
        // A turn that waits until there is budget says itself when it goes on.
        var isPaused = inputs.Turn.Head is { OpenTurns: > 0, HasWork: false };
        opened.Value.Book = opened.Value.Book.LookingAt(isPaused ? opened.Value.Now + MailLimits.LongestPause : opened.Value.LeaseUntil);
        return opened.Value.ToStep(epoch);
    }

    /// <summary>What a message's turn may spend of its sender's money.</summary>
    internal static string GrantIdOf(long n) => string.Create(CultureInfo.InvariantCulture, $"mail:{n}");

    private static Result<AnswerStep> Began(MailInputs inputs, StoredPost stored, long n, InMail mail, long epoch, DateTimeOffset now)
    {
        var user = long.Parse(stored.Answer.TurnId, CultureInfo.InvariantCulture);
        var after = Continue(inputs with { Turn = inputs.Turn with { Head = stored.Change.Head } }, n, mail, user, epoch, now, stored.Change);
        return after.IsRefused ? after.Refusal : after.Value with { Runs = stored.Runs };
    }

    /// <summary>The turn is there, or goes into the same transaction.</summary>
    private static Result<AnswerStep> Continue(MailInputs inputs, long n, InMail mail, long turn, long epoch, DateTimeOffset now, AgentChange? posted = null)
    {
        var opened = MailBook.Open(inputs.Turn.Head, inputs.Book);
        if (opened.IsRefused)
            return opened.Refusal;
        var answering = mail with { State = InMailState.Answering, Session = SessionOf(mail.From), Turn = turn };
        var book = opened.Value with { ToAnswer = opened.Value.ToAnswer.Remove(n), Answering = opened.Value.Answering.Add(new MailTurn(n, turn, null)) };
        book = book.LookingAt(now + inputs.Rules.Lease);
        var change = posted ?? new AgentChange(inputs.Turn.Head with { Epoch = epoch });
        if (mail.Funds is { } funds)
        {
            var money = inputs.Money ?? throw new InvalidOperationException("A message carries money, and the ledger was not loaded.");
            change = change with { Ledger = (change.Ledger ?? money.Ledger).Grant(new FundsGrant(GrantIdOf(n), funds.Asset, funds.Amount, 0, TurnId.Of(turn))) };
        }

        change = change with { Mail = new MailRecords(book) { Received = [(n, answering)] }, Head = change.Head with { NextMail = book.Next } };
        return new AnswerStep(new MailStep(change, []), []);
    }

    /// <summary>It cannot be answered, and its sender is told.</summary>
    private static Result<AnswerStep> Refuse(MailInputs inputs, long n, InMail mail, Refusal refusal, OutMail? oldest, AgentKey agent, long epoch, DateTimeOffset now)
    {
        var opened = MailWriter.Open(inputs, now);
        if (opened.IsRefused)
            return opened.Refusal;
        var writer = opened.Value;
        if (oldest is not null && writer.IsNeeded(oldest))
            return new AnswerStep(new MailStep(null, []), []);
        // Until the answer is out, it is one that is answered.
        var reply = Reply(writer, n, mail, null, refusal, mail.Funds is { } funds ? funds with { Amount = 0 } : null, agent);
        writer.Book = (writer.Book with
        {
            ToAnswer = writer.Book.ToAnswer.Remove(n),
            Answering = writer.Book.Answering.Add(new MailTurn(n, 0, reply)),
        }).LookingAt(writer.LeaseUntil);
        return new AnswerStep(writer.ToStep(epoch), []);
    }

    private static long Reply(MailWriter writer, long n, InMail mail, string? answer, Refusal? failure, MailFunds? spent, AgentKey agent)
    {
        var reply = writer.Send(number => new OutMail(
            MailId.Of(number, string.Create(CultureInfo.InvariantCulture, $"reply:{agent}:{n}:{mail.Id}"), null), mail.From, answer ?? failure!.Detail, writer.Now,
            writer.Now + MailLimits.Lifetime, mail.Via.Add(agent.ToString()), new MailReference(mail.Id, mail.FromN), answer is null ? failure!.Code : null, null,
            OutMailState.Pending, null, null, null, null)
        {
            Funds = spent,
        });
        writer.Replace(n, mail with
        {
            State = answer is null ? InMailState.Failed : InMailState.Answered,
            Reply = reply,
            Reason = answer is null ? new MailReason(failure!.Code, failure.Detail) : null,
        });
        return reply;
    }

    /// <summary>No more of the sender's money is spent; what may have been is.</summary>
    private static MailFunds? Close(MailWriter writer, long n, InMail mail)
    {
        if (mail.Funds is not { } funds)
            return null;
        var spent = funds.Amount;
        writer.Change((ledger, money) =>
        {
            (ledger, spent) = ledger.EndGrant(GrantIdOf(n), money.Rules, money.Now);
            return ledger;
        });
        return funds with { Amount = UInt128.Min(spent, funds.Amount) };
    }
}

/// <summary>What beginning an answer comes to.</summary>
/// <param name="Step">What to store.</param>
/// <param name="Runs">Runs of the model that are due then.</param>
public sealed record AnswerStep(MailStep Step, ImmutableArray<TurnRun> Runs);
