using AgentMesh.ActorHost.Mail;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Mail;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.Turns;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Agents;

/// <summary>The mailbox for its owner, and what the agent does by itself with what has come.</summary>
internal sealed partial class AgentActor
{
    /// <summary>Something of the mailbox can be done now, before its time.</summary>
    private bool _mayAnswerMail;

    public Task<Reply<MailPage>> ListMail(ListMail request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (request.Limit is < 1 or > MailLimits.PageMessages)
            return Refused<MailPage>(new Refusal(AgentRefusals.InvalidLimit, $"limit is 1 to {MailLimits.PageMessages}."));
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { } head)
            return new Reply<MailPage>(new MailPage([], null), null);
        if (StoredConversation.CheckHead(head) is { } damaged)
            return Refused<MailPage>(damaged);
        var last = request.IsSent ? head.MailOut : head.MailIn;
        var first = Math.Max(1, last + 1 - (request.IsSent ? MailLimits.KeptSent : MailLimits.KeptReceived));
        var messages = new List<MailItem>();
        var (n, bytes) = (Math.Min(last, (request.Before ?? long.MaxValue) - 1), 0);
        for (; n >= first && messages.Count < request.Limit && bytes < MailLimits.PageBytes; n--)
        {
            var item = await ItemOfAsync(head, request.IsSent, n, cancellationToken);
            if (item is null)
                continue;
            messages.Add(item);
            bytes += StoredMessage.EncodedBytes(item.Content);
        }

        await SeenAsync();
        return new Reply<MailPage>(new MailPage(messages, n >= first ? n + 1 : null), null);
    });

    public Task<Reply<MailItem>> GetMail(GetMail request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var n = request.IsSent ? MailId.NumberOf(request.Id) ?? 0 : request.N;
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { } head || await ItemOfAsync(head, request.IsSent, n, cancellationToken) is not { } item)
            return Refused<MailItem>(MailRefusals.MailNotFound);
        if (request.IsSent && item.Id != request.Id)
            return Refused<MailItem>(MailRefusals.MailNotFound);
        return new Reply<MailItem>(request.IsSent && item.ReplyN is { } answer ? item with { Reply = await ItemOfAsync(head, false, answer, cancellationToken) } : item, null);
    });

    public Task<Reply<MailItem>> ChangeMail(ChangeMail request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var now = _time.GetUtcNow();
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { } head)
            return Refused<MailItem>(MailRefusals.MailNotFound);
        if (request.Does == MailVerbs.Read)
        {
            var received = await LoadMailInputsAsync(head, false, cancellationToken);
            var mail = await _records.LoadReceivedMailAsync(head, request.N, cancellationToken);
            return await ToItemAsync(received, MailOwner.Read(received, request.N, mail, _records.Epoch, now), false, request.N, cancellationToken);
        }

        var n = MailId.NumberOf(request.Id) ?? 0;
        if (await _records.LoadSentMailAsync(head, n, cancellationToken) is not { } sent || sent.Id != request.Id)
            return Refused<MailItem>(MailRefusals.MailNotFound);
        var oldest = (await OldestAsync(head, 1, cancellationToken)).FirstOrDefault();
        var inputs = await LoadMailInputsAsync(head, sent.Funds is not null || oldest?.Funds is not null, cancellationToken);
        if (request.Does == MailVerbs.Discard)
            return await ToItemAsync(inputs, MailLines.Discard(inputs, n, sent, _records.Epoch, now), true, n, cancellationToken);
        var replayed = MailOwner.Replay(inputs, n, sent, Key, oldest, _records.Epoch, now);
        // Its budget is promised anew.
        if (replayed.Value?.Step.Change is { Ledger: not null } && await WhyNotToSpendAsync(cancellationToken) is { } stopped)
            return Refused<MailItem>(stopped);
        return replayed.IsRefused
            ? Refused<MailItem>(replayed.Refusal)
            : await ToItemAsync(inputs, replayed.Value.Step, true, MailId.NumberOf(replayed.Value.Ids[0])!.Value, cancellationToken);
    });

    public Task<Reply<MailSettings>> GetMailPolicy(CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { } head)
            return new Reply<MailSettings>(MailWire.ToSettings(null), null);
        var book = MailBook.Open(head, await _records.LoadMailAsync(cancellationToken));
        return book.IsRefused ? Refused<MailSettings>(book.Refusal) : new Reply<MailSettings>(MailWire.ToSettings(book.Value.Policy), null);
    });

    public Task<Reply<MailSettings>> SetMailPolicy(MailSettings request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var policy = MailPolicy.Create(request.Receive, request.Allow, request.Deny);
        if (policy.IsRefused)
            return Refused<MailSettings>(policy.Refusal);
        var now = _time.GetUtcNow();
        var inputs = await LoadMailInputsAsync(await LoadHeadToWriteAsync(now, cancellationToken), false, cancellationToken);
        var step = MailOwner.SetPolicy(inputs, policy.Value == MailPolicy.Default ? null : policy.Value, _records.Epoch, now);
        if (step.IsRefused)
            return Refused<MailSettings>(step.Refusal);
        await CommitAsync(inputs, step.Value, cancellationToken);
        return new Reply<MailSettings>(MailWire.ToSettings(policy.Value), null);
    });

    /// <summary>Brings what is due, and answers what waits: by the reminder, and after a call that has made something possible.</summary>
    private async Task<Refusal?> WorkOffMailAsync()
    {
        _mayAnswerMail = false;
        // Each is looked at once a tick: nothing that a tick does lets a paused session go on.
        var paused = new HashSet<long>();
        return await WorkOffAsync(1, ResumeMailAsync) ?? await WorkOffAsync(MailLimits.AnswersAtOnce, cancellation => AnswerMailAsync(paused, cancellation));
    }

    /// <summary>After a call: what it has made possible is done at once. The reminder would find it too.</summary>
    private async Task AnswerMailsAsync()
    {
        if (_mayAnswerMail && _records.Known is { NextMail: not null })
            await WorkOffMailAsync();
        _mayAnswerMail = false;
    }

    private async Task<Result<bool>> ResumeMailAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { } head || !(head.NextMail <= now))
            return false;
        var inputs = await LoadMailInputsAsync(head, false, cancellationToken);
        var step = MailLines.Resume(inputs, _records.Epoch, now);
        if (step.IsRefused)
            return step.Refusal;
        await CommitAsync(inputs, step.Value, cancellationToken);
        return step.Value.Change is not null;
    }

    /// <summary>Sends one answer that is there, or begins one.</summary>
    /// <param name="paused">The messages that are known to wait for their sessions.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>False: nothing can be done now.</returns>
    private async Task<Result<bool>> AnswerMailAsync(HashSet<long> paused, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { NextMail: not null } head)
            return false;
        var stored = MailBook.Open(head, await _records.LoadMailAsync(cancellationToken));
        if (stored.IsRefused)
            return stored.Refusal;
        var book = stored.Value;
        var turns = await _records.LoadTurnsAsync(head, cancellationToken);
        if (book.Answering.FirstOrDefault(answering => turns?.Find(answering.Turn) is null) is { } ended)
        {
            var finished = await FinishMailAsync(head, ended, now, cancellationToken);
            if (finished.IsRefused || finished.Value)
                return finished;
        }
        else if (await NextToAnswerAsync(head, book, turns, paused, cancellationToken) is { } next)
        {
            var begun = await BeginMailAsync(head, next, now, cancellationToken);
            if (begun.IsRefused || begun.Value)
                return begun;
        }

        if (!(book.LookAt <= now))
            return false;
        var inputs = await LoadMailInputsAsync(head, false, cancellationToken);
        var waits = MailAnswers.Wait(inputs, _records.Epoch, now);
        if (waits.IsRefused)
            return waits.Refusal;
        await CommitAsync(inputs, waits.Value, cancellationToken);
        return false;
    }

    /// <summary>The first message that can be answered now; null: none can, or there is none.</summary>
    private async Task<long?> NextToAnswerAsync(AgentHead head, MailBook book, TurnTable? turns, HashSet<long> paused, CancellationToken cancellationToken)
    {
        foreach (var n in book.ToAnswer)
        {
            if (paused.Contains(n))
                continue;
            // Who begins it says so, when it is not there.
            if (await _records.LoadReceivedMailAsync(head, n, cancellationToken) is not { } mail || MailOrder.MayBegin(mail, turns))
                return n;
            paused.Add(n);
        }

        return null;
    }

    private async Task<Result<bool>> FinishMailAsync(AgentHead head, MailTurn turn, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var mail = await _records.LoadReceivedMailAsync(head, turn.N, cancellationToken);
        var ended = await _records.ReadLog(head).FindEndAsync(turn.Turn, cancellationToken);
        if (ended.Refusal?.Code == AgentRefusals.AgentQuarantined)
            return ended.Refusal;
        var oldest = (await OldestAsync(head, 1, cancellationToken)).FirstOrDefault();
        var inputs = await LoadMailInputsAsync(head, mail?.Funds is not null || oldest?.Funds is not null, cancellationToken);
        var step = MailAnswers.Finish(inputs, turn, mail, ended, oldest, Key, _records.Epoch, now);
        if (step.IsRefused)
            return step.Refusal;
        await CommitAsync(inputs, step.Value, cancellationToken);
        return step.Value.Change is not null;
    }

    private async Task<Result<bool>> BeginMailAsync(AgentHead head, long n, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await _records.LoadReceivedMailAsync(head, n, cancellationToken) is not { } mail)
            return ConversationRefusals.AgentQuarantined("a received message is missing");
        var id = MailAnswers.SessionOf(mail.From);
        var session = await _records.LoadSessionAsync(id, cancellationToken);
        Refusal? failure = null;
        if (session is null)
        {
            var made = SessionChanges.Create(
                head, await _records.LoadIndexAsync(cancellationToken), null, id, null, $$"""{"mailFrom":"{{mail.From}}"}""",
                SessionExpiry.Choose(0, _services.Sessions.IdleTtlSeconds), _records.Epoch, now);
            failure = made.Refusal;
            if (!made.IsRefused)
            {
                await CommitAsync(new TurnInputs(head, null, null), made.Value, cancellationToken);
                return true;
            }
        }

        var (post, open) = await LoadPostInputsAsync(head, MailAnswers.RequestOf(n, mail), now, cancellationToken);
        var oldest = (await OldestAsync(head, 1, cancellationToken)).FirstOrDefault();
        var inputs = await LoadMailInputsAsync(head, mail.Funds is not null || oldest?.Funds is not null, cancellationToken);
        var begun = MailAnswers.Begin(inputs, post, n, mail, failure, oldest, Key, _services.Rules, _records.Epoch, now);
        if (begun.IsRefused)
            return begun.Refusal;
        if (begun.Value.Step.Change is not { } change)
            return false;
        await CommitAsync(inputs.Turn, open, change, begun.Value.Runs, cancellationToken);
        StartLines(inputs, begun.Value.Step);
        return true;
    }

    private async Task<Reply<MailItem>> ToItemAsync(MailInputs inputs, Result<MailStep> step, bool isSent, long n, CancellationToken cancellationToken)
    {
        if (step.IsRefused)
            return Refused<MailItem>(step.Refusal);
        await CommitAsync(inputs, step.Value, cancellationToken);
        var head = step.Value.Change?.Head ?? inputs.Turn.Head;
        return await ItemOfAsync(head, isSent, n, cancellationToken) is { } item ? new Reply<MailItem>(item, null) : Refused<MailItem>(MailRefusals.MailNotFound);
    }

    private async Task<MailItem?> ItemOfAsync(AgentHead head, bool isSent, long n, CancellationToken cancellationToken)
    {
        if (!isSent)
            return await _records.LoadReceivedMailAsync(head, n, cancellationToken) is { } received ? MailWire.ToItem(Id.GetId(), n, received) : null;
        return await _records.LoadSentMailAsync(head, n, cancellationToken) is { } sent ? MailWire.ToItem(Id.GetId(), n, sent) : null;
    }
}
