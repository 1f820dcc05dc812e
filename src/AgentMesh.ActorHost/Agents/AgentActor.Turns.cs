using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Summaries;
using AgentMesh.Agents.Turns;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Agents;

/// <summary>Turns that a model answers, and the event log.</summary>
internal sealed partial class AgentActor
{
    public Task<Reply<EventPage>> ReadEvents(ReadEvents request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var running = _services.Texts.Of(Id.GetId());
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { } head)
            return new Reply<EventPage>(new EventPage([], 1, 0, running), null);
        var slice = await _records.ReadLog(head).ReadAsync(request.After, request.Limit, cancellationToken);
        if (slice.IsRefused)
            return Refused<EventPage>(slice.Refusal);
        await SeenAsync();
        return new Reply<EventPage>(
            new EventPage([.. slice.Value.Events.Select(ToEvent)], slice.Value.First, slice.Value.Last, running), null);
    });

    public Task<Reply<Turn>> GetTurn(GetTurn request, CancellationToken cancellationToken) => TurnAsync(() => FindTurnAsync(request.TurnId, cancellationToken));

    public Task<Reply<Turn>> CancelTurn(CancelTurn request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (TurnId.Parse(request.TurnId) is { } turn && await _records.LoadHeadAsync(null, cancellationToken) is { OpenTurns: > 0 } head)
        {
            var refusal = await ChangeTurnsAsync(
                head, inputs => TurnChanges.Cancel(inputs, turn, _services.Rules.Turns, _records.Epoch, _time.GetUtcNow()), cancellationToken);
            if (refusal is not null)
                return Refused<Turn>(refusal);
        }

        return await FindTurnAsync(request.TurnId, cancellationToken);
    });

    public Task<Reply<TurnContext>> GetTurnContext(TurnRunId request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { } head
            || (await _records.LoadTurnsAsync(head, cancellationToken))?.Find(request.Turn) is not { } turn
            || turn.Attempt != request.Attempt)
        {
            return Refused<TurnContext>(TurnRefusals.TurnLost);
        }

        var session = await _records.LoadSessionAsync(turn.Session, cancellationToken);
        // A tool reads the message it is called by, and nothing else.
        var isForModel = turn.Tool is null;
        var summary = isForModel ? SessionSummary.Of(await _records.LoadSummaryAsync(turn.Session, cancellationToken), session?.Page ?? head.Page) : null;
        var read = await ContextReader.ReadAsync(
            head, session, summary, turn, isForModel ? _services.SummaryRules : default, (n, token) => _records.LoadPageAsync(head, turn.Session, n, token), cancellationToken);
        if (read.IsRefused)
            return Refused<TurnContext>(read.Refusal);
        if (isForModel && read.Value.IsLong)
            await SummarizeSoonAsync(turn.Session);
        var messages = read.Value.Messages;
        var profile = await _records.LoadProfileAsync(cancellationToken);
        return new Reply<TurnContext>(
            new TurnContext(
                turn.Session, profile.SystemPrompt, summary?.Text, [.. messages.Select(ToContext)], messages[^1].Count - 1, turn.Deadline.ToUnixTimeMilliseconds(),
                turn.Tool, head.Wallet),
            null);
    });

    public Task<Reply<TurnRunId>> RenewTurn(TurnRunId request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var head = await _records.LoadHeadAsync(null, cancellationToken);
        var turns = head is null ? null : await _records.LoadTurnsAsync(head, cancellationToken);
        var renewed = TurnChanges.Renew(turns, new TurnRun(request.Turn, request.Attempt), _services.Rules.Turns, _time.GetUtcNow());
        if (renewed.IsRefused)
            return Refused<TurnRunId>(renewed.Refusal);
        await _records.StoreAsync(renewed.Value, cancellationToken);
        return new Reply<TurnRunId>(request, null);
    });

    public Task<Reply<TurnRunId>> NoteTool(NoteTool request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var run = new TurnRun(request.Turn, request.Attempt);
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { } head)
            return Refused<TurnRunId>(TurnRefusals.TurnLost);
        var note = new ToolNote(request.Call, request.Tool, request.Status, request.DurationMs);
        var refusal = await ChangeTurnsAsync(head, inputs => TurnChanges.Note(inputs, run, note, _records.Epoch, _time.GetUtcNow()), cancellationToken);
        return refusal is null ? new Reply<TurnRunId>(new TurnRunId(run.Turn, run.Attempt), null) : Refused<TurnRunId>(refusal);
    });

    public Task<Reply<TurnRunId>> CompleteTurn(CompleteTurn request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var run = new TurnRun(request.Turn, request.Attempt);
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { } head)
            return Refused<TurnRunId>(TurnRefusals.TurnLost);
        var inputs = await LoadTurnInputsAsync(head, cancellationToken);
        var id = inputs.Turns?.Find(run.Turn)?.Session ?? SessionNames.Default;
        var session = await _records.LoadSessionAsync(id, cancellationToken);
        var open = session?.Page ?? head.Page;
        var page = open.N == 0 ? null : await _records.LoadPageAsync(head, id, open.N, cancellationToken);
        var usage = request.Usage is { } taken ? ModelUsage.Create(taken.InputTokens, taken.OutputTokens, taken.CostMicroUsd) : null;
        var step = TurnChanges.Complete(
            inputs, new AnswerPlace(session, page), run, request.Text, usage, request.LastMicroUsd, _services.Rules.Turns, _records.Epoch, _time.GetUtcNow());
        if (step.IsRefused)
            return Refused<TurnRunId>(step.Refusal);
        await CommitAsync(inputs, open, step.Value, cancellationToken);
        return new Reply<TurnRunId>(new TurnRunId(run.Turn, run.Attempt), null);
    });

    public Task<Reply<TurnRunId>> FailTurn(FailTurn request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var run = new TurnRun(request.Turn, request.Attempt);
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { } head)
            return Refused<TurnRunId>(TurnRefusals.TurnLost);
        var reason = new Refusal(request.Code, request.Detail);
        var refusal = await ChangeTurnsAsync(
            head,
            inputs => TurnChanges.Fail(
                inputs, run, reason, request.IsTransient, request.LastMicroUsd, _services.Rules.Turns, _records.Epoch, _time.GetUtcNow()),
            cancellationToken);
        return refusal is null ? new Reply<TurnRunId>(new TurnRunId(run.Turn, run.Attempt), null) : Refused<TurnRunId>(refusal);
    });

    private static AgentEvent ToEvent(LoggedEvent logged) => logged switch
    {
        { Entry: ErrorEntry error } => new AgentEvent(
            logged.Seq, error.At.ToUnixTimeMilliseconds(), error.Session, EventTypes.Error,
            new EventData(Turn: TurnId.Of(error.Turn), Code: error.Code, Detail: error.Detail)),
        { Entry: FactEntry fact } => new AgentEvent(
            logged.Seq, fact.At.ToUnixTimeMilliseconds(), fact.Session, fact.Type, new EventData(Json: fact.Data)),
        { Message: { } message } => new AgentEvent(
            logged.Seq, message.At.ToUnixTimeMilliseconds(), logged.Entry.Session, EventTypes.Message,
            new EventData(
                Turn: TurnId.Of(message.Turn),
                Role: RoleOf(message),
                Content: message.Content,
                Usage: logged.Entry is AssistantMessageEntry { Usage: { } usage } ? ToUsage(usage) : null)),
        _ => new AgentEvent(logged.Seq, 0, logged.Entry.Session, EventTypes.MessageRemoved, new EventData()),
    };

    private static ContextMessage ToContext(StoredMessage message) => new(message.Role == MessageRole.User, message.Content);

    private static TurnUsage ToUsage(ModelUsage usage) => new(usage.InputTokens, usage.OutputTokens, usage.CostMicroUsd);

    private async Task<TurnInputs> LoadTurnInputsAsync(AgentHead head, CancellationToken cancellationToken)
    {
        var turns = await _records.LoadTurnsAsync(head, cancellationToken);
        return new TurnInputs(head, await _records.LoadOpenEventsAsync(head, cancellationToken), turns) { Funds = await LoadFundsIfNeededAsync(turns, cancellationToken) };
    }

    /// <summary>Changes turns without a message: loads what the core needs, asks it, and commits.</summary>
    /// <returns>Why not; null when it is done.</returns>
    private async Task<Refusal?> ChangeTurnsAsync(AgentHead head, Func<TurnInputs, Result<TurnStep>> change, CancellationToken cancellationToken)
    {
        var inputs = await LoadTurnInputsAsync(head, cancellationToken);
        var step = change(inputs);
        if (!step.IsRefused)
            await CommitAsync(inputs, head.Page, step.Value, cancellationToken);
        return step.Refusal;
    }

    private Task CommitAsync(TurnInputs before, OpenPage openBefore, TurnStep step, CancellationToken cancellationToken) =>
        step.Change is { } change ? CommitAsync(before, openBefore, change, step.Runs, cancellationToken) : Task.CompletedTask;

    /// <summary>Stores a change; then, and not before, others hear of it and models run.</summary>
    private async Task CommitAsync(
        TurnInputs before, OpenPage openBefore, AgentChange change, IReadOnlyList<TurnRun> runs, CancellationToken cancellationToken)
    {
        change = await WithEventsAsync(before.Head, WithDue(change), cancellationToken);
        await RemindOfAsync(before.Head, change);
        await _records.StoreAsync(before.Head, openBefore, change, cancellationToken);
        Committed(before, change, runs);
    }

    private void Committed(TurnInputs before, AgentChange? change, IReadOnlyList<TurnRun> runs)
    {
        if (change is null)
            return;
        var id = Id.GetId();
        var over = EndedBy(before, change);
        Measure(before.Head, change, over);
        foreach (var ended in over)
        {
            _mayAnswerMail = true;
            _services.Texts.Forget(id, ended.Turn);
            _services.Runner.Stop(id, ended.Turn);
        }

        foreach (var run in runs)
            _services.Runner.Start(id, run);
        _mayAnswerMail |= change.Mail is { Book.Unanswered: > 0 };
        if (change.Head.LastSeq <= before.Head.LastSeq)
            return;
        _services.Announcer.Announce(id, change.Head.LastSeq);
        HandEvents(before.Head, change);
    }

    private async Task<Reply<PostedMessage>> RepeatAsync(PostInputs inputs, string sessionId, RepeatedPost repeat, CancellationToken cancellationToken)
    {
        var page = await _records.LoadPageAsync(inputs.Head, sessionId, repeat.Answer.Page, cancellationToken);
        var found = MessagePosting.Find(repeat, page);
        if (found.IsRefused)
            return Refused<PostedMessage>(found.Refusal);
        if (found.Value.Role == MessageRole.Assistant)
            return ToReply(MessagePosting.ToAnswer(found.Value, sessionId, page!));
        // The user's message: its turn had to wait for a model.
        if (inputs.Turns?.Find(found.Value.Turn) is not null)
            return ToReply(MessagePosting.ToPending(found.Value, sessionId));
        var turn = await FindTurnAsync(TurnId.Of(found.Value.Turn), cancellationToken);
        return turn switch
        {
            { Value.Answer: { } answer } => new Reply<PostedMessage>(answer, null),
            { Value.Error: { } error } => Refused<PostedMessage>(new Refusal(error.Code, error.Detail)),
            _ => Refused<PostedMessage>(turn.Refusal!),
        };
    }

    private async Task<Reply<Turn>> FindTurnAsync(string id, CancellationToken cancellationToken)
    {
        if (TurnId.Parse(id) is not { } number || await _records.LoadHeadAsync(null, cancellationToken) is not { } head)
            return Refused<Turn>(TurnRefusals.TurnNotFound);
        var turns = await _records.LoadTurnsAsync(head, cancellationToken);
        if (turns?.Find(number) is { } open)
        {
            var status = open switch { { Attempt: 0 } => TurnStatus.Queued, { Pause: not null } => TurnStatus.Paused, _ => TurnStatus.Running };
            return new Reply<Turn>(
                new Turn(
                    id, open.Session, status, open.Attempt, open.Turn, open.CreatedAt.ToUnixTimeMilliseconds(), null, null,
                    Pause: open.Pause is { } pause ? ToPaused(pause) : null),
                null);
        }

        var found = await _records.ReadLog(head).FindEndAsync(number, cancellationToken);
        return found.IsRefused ? Refused<Turn>(found.Refusal) : new Reply<Turn>(ToTurn(id, found.Value), null);
    }

    private static Turn ToTurn(string id, EndedTurn ended)
    {
        var (user, end) = ended;
        var turn = new Turn(
            id, user.Entry.Session, TurnStatus.Completed, 0, user.Seq, user.Message!.At.ToUnixTimeMilliseconds(), null, null);
        if (end.Entry is ErrorEntry error)
        {
            var status = error.Code == AgentRefusals.TurnCanceled ? TurnStatus.Canceled : TurnStatus.Failed;
            return turn with { Status = status, Error = new TurnError(end.Seq, error.Code, error.Detail) };
        }

        var answer = end.Message!;
        var posted = new PostedMessage(
            answer.Content, answer.Count, answer.Seq, id, user.Entry.Session, answer.At.ToUnixTimeMilliseconds(), user.Seq, turn.CreatedAt);
        return turn with { Answer = posted, Usage = end.Entry is AssistantMessageEntry { Usage: { } usage } ? ToUsage(usage) : null };
    }

    private static string RoleOf(StoredMessage message) => message.Role == MessageRole.User ? "user" : "assistant";
}
