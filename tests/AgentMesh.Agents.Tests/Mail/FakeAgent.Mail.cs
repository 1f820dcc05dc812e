using System.Text.Json;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Mail;
using AgentMesh.Agents.Sessions;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Tests.Conversation;

/// <summary>The mailbox of an agent in memory, as the shell does it. Every record is stored and read again.</summary>
internal sealed partial class FakeAgent
{
    internal AgentKey Key { get; init; } = new(TenantId.Default, UserId.Parse("alice"));

    internal MailBook? Mail { get; set; }

    internal Dictionary<long, OutMail> SentMail { get; } = [];

    internal Dictionary<long, InMail> ReceivedMail { get; } = [];

    internal Dictionary<int, MailSenders> MailSenders { get; } = [];

    internal MailRules MailRules { get; set; } = new(null, 8, []);

    /// <summary>The next transaction of the mailbox is stored without its head, and whoever asked for it hears nothing.</summary>
    internal bool LosesNextHead { get; set; }

    internal Result<SentStep> Send(string requestId, MailDraft draft, string? key = null, long? answers = null, params string[] via)
    {
        var question = answers is { } answered ? ReceivedMail[answered] : null;
        if (question is not null)
            (draft, via) = (draft with { InReplyTo = new MailReference(question.Id, question.FromN) }, [.. question.Via]);
        var request = MailSending.RequestOf(draft, requestId, key);
        var head = Head ?? AgentHead.Unborn(Now);
        var keys = request.Bucket is { } own ? new KeyBuckets(own, Bucket(own), null, null) : (KeyBuckets?)null;
        var origin = new MailOrigin(requestId, key, request, keys, [.. via], null, question is null ? null : (answers!.Value, question));
        var earlier = MailSending.Recall(head, keys, request, Now);
        if (earlier.IsRefused)
            return earlier.Refusal;
        if (MailSending.WasSent(head, earlier.Value, SentMail.GetValueOrDefault(earlier.Value), origin))
            return new SentStep(new MailStep(null, []), [.. MailSending.IdsOf(earlier.Value, draft.To.Length, origin)]);
        var oldest = Enumerable.Range(1, draft.To.Length).Select(place => SentMail.GetValueOrDefault(head.MailOut + place - MailLimits.KeptSent)).OfType<OutMail>();
        var sent = MailSending.Send(MailInputs, Key, draft, origin, oldest, Epoch, Now);
        Store(sent.Value?.Step);
        return sent;
    }

    internal Result<DeliveredStep> Deliver(IncomingMail mail)
    {
        var senders = MailSenders.GetValueOrDefault(AgentMesh.Agents.Mail.MailSenders.BucketOf(mail.From)) ?? AgentMesh.Agents.Mail.MailSenders.Empty;
        var head = Head ?? AgentHead.Unborn(Now);
        var answered = mail.InReplyTo is { } reference && reference.N <= head.MailOut ? SentMail.GetValueOrDefault(reference.N) : null;
        var oldest = ReceivedMail.GetValueOrDefault(head.MailIn + 1 - MailLimits.KeptReceived);
        var taken = MailDelivery.Take(MailInputs, Key, senders, mail, senders.PlaceOf(mail) is { } place && place <= head.MailIn ? ReceivedMail.GetValueOrDefault(place) : null, answered, oldest, Epoch, Now);
        Store(taken.Value?.Step);
        return taken;
    }

    internal Result<LineStep> Report(string to, long n, Refusal? refusal, bool isToAnswer)
    {
        var step = MailLines.Settle(MailInputs, to, n, SentMail[n], refusal, isToAnswer, Epoch, Now);
        Store(step.Value?.Step);
        return step;
    }

    internal Result<LineStep> ReportUnreached(string to, long n, double jitter = 1)
    {
        var step = MailLines.Pause(MailInputs, to, n, SentMail[n], new Refusal("recipient_unreached", "Not there."), jitter, Epoch, Now);
        Store(step.Value?.Step);
        return step;
    }

    internal Result<MailStep> ResumeMail()
    {
        var step = MailLines.Resume(MailInputs, Epoch, Now);
        Store(step.Value);
        return step;
    }

    /// <summary>Does what there is to do for received messages, as far as it can be done now.</summary>
    internal void AnswerMail()
    {
        while (AnswerOne(OpenMail))
        {
        }
    }

    internal Result<AnswerStep> BeginMail(long n, Refusal? failure = null, OutMail? oldest = null)
    {
        var post = InputsOf(MailAnswers.RequestOf(n, ReceivedMail[n]), Head!, null);
        var begun = MailAnswers.Begin(MailInputs, post, n, ReceivedMail[n], failure, oldest, Key, Rules, Epoch, Now);
        if (begun.Value?.Step.Change is { } change)
            Apply(change, begun.Value.Runs);
        return begun;
    }

    internal Result<MailStep> FinishMail(MailTurn turn, Result<EndedTurn> ended, OutMail? oldest = null)
    {
        var finished = MailAnswers.Finish(MailInputs, turn, ReceivedMail.GetValueOrDefault(turn.N), ended, oldest, Key, Epoch, Now);
        Store(finished.Value);
        return finished;
    }

    internal void SetMailPolicy(MailReceipt receive, string[]? allow = null, string[]? deny = null) =>
        Store(MailOwner.SetPolicy(MailInputs, new MailPolicy(receive, [.. allow ?? []], [.. deny ?? []]), Epoch, Now).Value);

    internal IncomingMail ToIncoming(long n)
    {
        var mail = SentMail[n];
        return new IncomingMail(
            mail.Id, Key.ToString(), Head!.CreatedAt.ToUnixTimeMilliseconds(), n, mail.Content, mail.At, mail.Deadline, mail.Via, mail.InReplyTo, mail.Failure, mail.Topic, mail.Funds);
    }

    /// <summary>The mailbox as far as the head knows it.</summary>
    internal MailBook OpenMail => MailBook.Open(Head!, Mail).Value!;

    internal MailInputs MailInputs => new(TurnInputs, Mail, MailRules) { Money = new MailMoney(Ledger, Budget, Now) };

    internal void Store(MailStep? step)
    {
        if (step?.Change is { } change)
            Apply(change, []);
    }

    private bool AnswerOne(MailBook book)
    {
        if (book.Answering.FirstOrDefault(answering => Turns?.Find(answering.Turn) is null) is { } ended)
        {
            return FinishMail(ended, FindEnd(ended.Turn), OldestSent).Value?.Change is not null;
        }

        if (book.ToAnswer.FirstOrDefault(waiting => MailOrder.MayBegin(ReceivedMail[waiting], Turns)) is not (> 0 and var n))
            return false;
        var request = MailAnswers.RequestOf(n, ReceivedMail[n]);
        if (!Sessions.ContainsKey(request.SessionId))
        {
            Apply(SessionChanges.Create(Head!, Index, null, request.SessionId, null, null, SessionExpiry.Choose(0, 0), Epoch, Now));
            return true;
        }

        return BeginMail(n, null, OldestSent).Value?.Step.Change is not null;
    }

    /// <summary>The message that makes room for the next one.</summary>
    internal OutMail? OldestSent => SentMail.GetValueOrDefault((Head?.MailOut ?? 0) + 1 - MailLimits.KeptSent);

    private void StoreMail(AgentChange change)
    {
        if (change.Mail is not { } records)
            return;
        foreach (var (n, mail) in records.Sent)
            SentMail[n] = Reload(mail);
        foreach (var (n, mail) in records.Received)
            ReceivedMail[n] = Reload(mail);
        foreach (var key in records.Removed)
        {
            if (key.StartsWith("mail-out:", StringComparison.Ordinal))
                SentMail.Remove(NumberOf(key));
            else
                ReceivedMail.Remove(NumberOf(key));
        }

        if (records.Senders is ({ } bucket, { } senders))
            MailSenders[bucket] = Reload(senders);
        Mail = Reload(records.Book);
        // Turns without their head quarantine an agent, as everywhere.
        if (!LosesNextHead || change.Turns is not null)
            return;
        LosesNextHead = false;
        throw new LostHeadException();
    }

    private static long NumberOf(string key) => long.Parse(key[(key.IndexOf(':', StringComparison.Ordinal) + 1)..], System.Globalization.CultureInfo.InvariantCulture);

    private static T Reload<T>(T record) => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(record, Json), Json)!;
}

/// <summary>A transaction was stored without its head: nobody is told anything.</summary>
internal sealed class LostHeadException : Exception;
