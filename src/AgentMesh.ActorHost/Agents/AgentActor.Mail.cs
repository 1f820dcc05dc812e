using System.Security.Cryptography;
using AgentMesh.ActorHost.Mail;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Mail;
using AgentMesh.Agents.Turns;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Agents;

/// <summary>Messages to and of other agents: sending, taking, and what the runs that bring them report.</summary>
internal sealed partial class AgentActor
{
    private AgentKey Key => AgentKey.TryParse(Id.GetId(), out var key) ? key : throw new InvalidOperationException("The actor's id is no agent's.");

    public Task<Reply<SentMail>> SendMail(SendMail request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var now = _time.GetUtcNow();
        var head = await LoadHeadToWriteAsync(now, cancellationToken);
        MailFunds? funds = null;
        if (request.Budget is { } budget)
        {
            var read = MailFunds.Create(budget.Asset, budget.Amount);
            if (read.IsRefused)
                return Refused<SentMail>(read.Refusal);
            funds = read.Value;
        }

        var question = request.InReplyToN is { } number ? await _records.LoadReceivedMailAsync(head, number, cancellationToken) : null;
        if (request.InReplyToN is not null && question is null)
            return Refused<SentMail>(MailRefusals.MailNotFound);
        var reference = question is null ? null : new MailReference(question.Id, question.FromN);
        var draft = new MailDraft([.. request.To], request.Content ?? "", request.DeadlineSeconds, funds, reference, request.Topic);
        var post = MailSending.RequestOf(draft, request.RequestId, request.IdempotencyKey);
        var keys = await _records.LoadKeysAsync(head, post, now, cancellationToken);
        var origin = new MailOrigin(request.RequestId, request.IdempotencyKey, post, keys, [])
        {
            Turn = request.Turn is null ? null : TurnId.Parse(request.Turn) ?? 0,
        };
        var earlier = MailSending.Recall(head, keys, post, now);
        if (earlier.IsRefused)
            return Refused<SentMail>(earlier.Refusal);
        if (MailSending.WasSent(head, earlier.Value, await _records.LoadSentMailAsync(head, earlier.Value, cancellationToken), origin))
            return new Reply<SentMail>(new SentMail([.. MailSending.IdsOf(earlier.Value, await CountSentAsync(head, earlier.Value, draft, origin, cancellationToken), origin)]), null);

        // What was promised before is only told again.
        if (funds is not null && await WhyNotToSpendAsync(cancellationToken) is { } stopped)
            return Refused<SentMail>(stopped);
        var oldest = await OldestAsync(head, draft.To.Length, cancellationToken);
        var inputs = await LoadMailInputsAsync(head, funds is not null || oldest.Any(mail => mail.Funds is not null), cancellationToken);
        if (await OriginOfAsync(request.Turn, inputs, head, cancellationToken) is { } mail)
            origin = origin with { Via = mail.Via, Grant = funds is null ? null : inputs.Money!.Ledger.GrantOf(request.Turn, funds.Asset) };
        else if (question is not null)
            origin = origin with { Via = question.Via, Answers = (request.InReplyToN!.Value, question) };
        var sent = MailSending.Send(inputs, Key, draft, origin, oldest, _records.Epoch, now);
        if (sent.IsRefused)
            return Refused<SentMail>(sent.Refusal);
        await CommitAsync(inputs, sent.Value.Step, cancellationToken);
        return new Reply<SentMail>(new SentMail(sent.Value.Ids), null);
    });

    public Task<Reply<MailTaken>> DeliverMail(DeliverMail request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var now = _time.GetUtcNow();
        var head = await LoadHeadToWriteAsync(now, cancellationToken);
        var senders = await _records.LoadMailSendersAsync(MailSenders.BucketOf(request.From), cancellationToken);
        var answered = request.InReplyToN is { } n ? await _records.LoadSentMailAsync(head, n, cancellationToken) : null;
        var oldest = await _records.LoadReceivedMailAsync(head, head.MailIn + 1 - MailLimits.KeptReceived, cancellationToken);
        var inputs = await LoadMailInputsAsync(head, answered?.Funds is not null, cancellationToken);
        var mail = MailWire.Read(request);
        var last = senders.PlaceOf(mail) is { } place ? await _records.LoadReceivedMailAsync(head, place, cancellationToken) : null;
        var taken = MailDelivery.Take(inputs, Key, senders, mail, last, answered, oldest, _records.Epoch, now);
        if (taken.IsRefused)
            return Refused<MailTaken>(taken.Refusal);
        await CommitAsync(inputs, taken.Value.Step, cancellationToken);
        return new Reply<MailTaken>(new MailTaken(taken.Value.IsToAnswer, taken.Value.Refusal?.Code, taken.Value.Refusal?.Detail), null);
    });

    public Task<Reply<MailWork>> ReportMail(ReportMail request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { } head)
            return new Reply<MailWork>(new MailWork(null), null);
        if (request.N is not { } n)
        {
            var book = MailBook.Open(head, await _records.LoadMailAsync(cancellationToken));
            return book.IsRefused ? Refused<MailWork>(book.Refusal) : await WorkOfAsync(head, book.Value.Line(request.To)?.Open[0], cancellationToken);
        }

        if (await _records.LoadSentMailAsync(head, n, cancellationToken) is not { } mail)
            return new Reply<MailWork>(new MailWork(null), null);
        var inputs = await LoadMailInputsAsync(head, mail.Funds is not null, cancellationToken);
        var now = _time.GetUtcNow();
        var refusal = ReasonOf(request);
        var step = request.IsReached
            ? MailLines.Settle(inputs, request.To, n, mail, refusal, request.Taken?.IsToAnswer ?? false, _records.Epoch, now)
            : MailLines.Pause(inputs, request.To, n, mail, refusal!, Jitter(), _records.Epoch, now);
        if (step.IsRefused)
            return Refused<MailWork>(step.Refusal);
        await CommitAsync(inputs, step.Value.Step, cancellationToken);
        return await WorkOfAsync(head, step.Value.Next, cancellationToken);
    });

    private static double Jitter() => RandomNumberGenerator.GetInt32(1000) / 1000.0;

    private static Refusal? ReasonOf(ReportMail report) => report switch
    {
        { IsReached: false } => new Refusal(report.Code ?? MailCodes.MailboxFull, report.Detail ?? ""),
        { Taken.Code: { } code } => new Refusal(code, report.Taken.Detail ?? ""),
        _ => null,
    };

    private async Task<Reply<MailWork>> WorkOfAsync(AgentHead head, long? next, CancellationToken cancellationToken)
    {
        if (next is not { } n)
            return new Reply<MailWork>(new MailWork(null), null);
        return await _records.LoadSentMailAsync(head, n, cancellationToken) is { } mail
            ? new Reply<MailWork>(new MailWork(MailWire.ToDelivery(Id.GetId(), head, n, mail)), null)
            : Refused<MailWork>(ConversationRefusals.AgentQuarantined("a message that is under way is missing"));
    }

    /// <summary>The received message that a turn answers; null when it answers none.</summary>
    private async Task<InMail?> OriginOfAsync(string? turn, MailInputs inputs, AgentHead head, CancellationToken cancellationToken)
    {
        if (turn is null || TurnId.Parse(turn) is not { } number || MailBook.Open(head, inputs.Book).Value is not { } book)
            return null;
        return book.Answering.FirstOrDefault(answering => answering.Turn == number) is { } found ? await _records.LoadReceivedMailAsync(head, found.N, cancellationToken) : null;
    }

    /// <summary>How many messages an earlier request has sent. Of a topic's members it may have been more or fewer than there are now.</summary>
    private async Task<int> CountSentAsync(AgentHead head, long first, MailDraft draft, MailOrigin origin, CancellationToken cancellationToken)
    {
        if (draft.Topic is null)
            return draft.To.Length;
        var count = 0;
        for (; count < MailLimits.ReceiversAtOnce && first + count <= head.MailOut; count++)
        {
            // One that is not kept any more is taken for the request's as long as that many are there now.
            var mail = await _records.LoadSentMailAsync(head, first + count, cancellationToken);
            if (mail is null ? count >= draft.To.Length : mail.Id != MailSending.IdsOf(first + count, 1, origin).First())
                break;
        }

        return count;
    }

    private async Task<List<OutMail>> OldestAsync(AgentHead head, int count, CancellationToken cancellationToken)
    {
        var oldest = new List<OutMail>();
        for (var n = head.MailOut + 1 - MailLimits.KeptSent; n <= head.MailOut + Math.Min(count, MailLimits.ReceiversAtOnce) - MailLimits.KeptSent; n++)
        {
            if (await _records.LoadSentMailAsync(head, n, cancellationToken) is { } mail)
                oldest.Add(mail);
        }

        return oldest;
    }

    private async Task<MailInputs> LoadMailInputsAsync(AgentHead head, bool withMoney, CancellationToken cancellationToken)
    {
        var inputs = new MailInputs(await LoadTurnInputsAsync(head, cancellationToken), await _records.LoadMailAsync(cancellationToken), _services.Mail.Rules);
        return withMoney ? inputs with { Money = new MailMoney(await _records.LoadLedgerAsync(cancellationToken), _services.BudgetRules, LedgerNow) } : inputs;
    }

    /// <summary>Stores a change of the mailbox; then, and not before, what is due is brought.</summary>
    private async Task CommitAsync(MailInputs inputs, MailStep step, CancellationToken cancellationToken)
    {
        if (step.Change is not { } change)
            return;
        await CommitAsync(inputs.Turn, inputs.Turn.Head.Page, change, [], cancellationToken);
        StartLines(inputs, step);
    }

    private void StartLines(MailInputs inputs, MailStep step)
    {
        var change = step.Change!;
        foreach (var to in step.Due)
        {
            // A line that is new has the message in hand; of one that is tried again the run asks.
            var first = change.Mail!.Sent.FirstOrDefault(sent => sent.Mail.To == to && sent.Mail.IsOpen && sent.N > inputs.Turn.Head.MailOut);
            _services.Mail.Runner.Start(new MailRun(Id.GetId(), to, first.Mail is null ? null : MailWire.ToDelivery(Id.GetId(), change.Head, first.N, first.Mail)));
        }
    }
}
