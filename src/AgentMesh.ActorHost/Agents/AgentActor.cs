using System.Text.Json;
using AgentMesh.ActorHost.Encryption;
using AgentMesh.ActorHost.Quotas;
using AgentMesh.ActorHost.States;
using AgentMesh.ActorHost.TenantBudgets;
using AgentMesh.ActorHost.Wallets;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Limits;
using AgentMesh.Agents.Mail;
using AgentMesh.Agents.Turns;
using AgentMesh.Agents.Wallets;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;
using AgentMesh.Primitives.Stored;
using AgentMesh.ServiceDefaults.Encryption;
using Dapr.Actors.Runtime;
using DaprActorHost = Dapr.Actors.Runtime.ActorHost;

namespace AgentMesh.ActorHost.Agents;

/// <summary>One user's agent: loads, asks <c>AgentMesh.Agents</c>, sets state last, replies. The SDK serializes its turns.</summary>
[Actor(TypeName = AgentActorType.Name)]
internal sealed partial class AgentActor
    : Actor, IAgentActor, IAgentTurns, IAgentSummaries, IAgentSweep, IAgentSales, IAgentWallets, IAgentPayments, IAgentPurchases, IAgentBudgets, IAgentPolicies,
        IAgentFreezing, IAgentTasks, IAgentMail, IAgentPublishing, IAgentTickets, IRemindable
{
    private readonly AgentServices _services;
    private readonly TimeProvider _time;
    private readonly AgentRecords _records;

    public AgentActor(DaprActorHost host, AgentServices services)
        : base(host)
    {
        _services = services;
        _time = services.Time;
        _counted = services.Quotas.IsEnabled && AgentKey.TryParse(Id.GetId(), out var key) ? key : null;
        // Before anything is read: the SDK saves and forgets through it too.
        StateManager = new ActorRecords(services.State, $"{AgentActorType.Name}/{Id.GetId()}");
        _records = new AgentRecords(Id.GetId(), services.Encryption.IsOn ? Encrypted() : StateManager, services.Time, services.Actors, Logger);
    }

    public Task<Reply<PostedMessage>> PostMessage(PostMessage request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var content = ContentOf(request.Content, request.Tool, request.Arguments, TurnRefusals.InvalidToolCall);
        if (content.IsRefused)
            return Refused<PostedMessage>(content.Refusal);
        var post = PostRequest.Create(content.Value, request.SessionId, request.RequestId, request.IdempotencyKey, request.IfBusy) with { Tool = request.Tool };
        var now = _time.GetUtcNow();
        var head = await LoadHeadToWriteAsync(now, cancellationToken);
        if (request.Payment is { } payment)
        {
            var taken = await TakePaymentAsync(head, payment, cancellationToken);
            if (taken.IsRefused)
                return Refused<PostedMessage>(taken.Refusal);
            post = post with { Payment = taken.Value.Begin(ToStored(payment)) };
        }

        var (inputs, open) = await LoadPostInputsAsync(head, post, now, cancellationToken);
        var outcome = MessagePosting.Post(inputs, post, _services.Rules, _records.Epoch, now);
        switch (outcome.Value)
        {
            case StoredPost when CheckStorage() is { } full:
                return Refused<PostedMessage>(full);
            case StoredPost stored:
                await CommitAsync(new TurnInputs(head, inputs.OpenEvents, inputs.Turns), open, stored.Change, stored.Runs, cancellationToken);
                if (stored.Answer.Response is not null)
                    _services.Metrics.TurnEnded(Completed, _time.GetUtcNow() - now);
                return ToReply(stored.Answer) with { RateLimit = ToRateLimit(stored.Rate) };
            case PausedPost paused:
                return RefusedAs<PostedMessage>(paused.Pause, paused.TurnId);
            case LimitedPost limited:
                return Refused<PostedMessage>(limited.Rate.Refusal) with { RateLimit = ToRateLimit(limited.Rate) };
            case RepeatedPost repeat:
                return await RepeatAsync(inputs, post.SessionId, repeat, cancellationToken);
            default:
                return Refused<PostedMessage>(outcome.Refusal!);
        }
    });

    public Task<Reply<AgentInfo>> GetInfo(CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var head = await _records.LoadHeadAsync(null, cancellationToken);
        if (head is null)
            return new Reply<AgentInfo>(new AgentInfo(0, null, null, 0, Budget: ToBudget(await _records.LoadLedgerAsync(cancellationToken))), null);
        if (StoredConversation.CheckHead(head) is { } damaged)
            return Refused<AgentInfo>(damaged);
        // Before this read is one itself.
        var usage = _services.Flush.IntervalSeconds == 0 ? null : await LoadUsageAsync(cancellationToken);
        var budget = ToBudget(await _records.LoadLedgerAsync(cancellationToken));
        await SeenAsync();
        return new Reply<AgentInfo>(
            new AgentInfo(
                head.MessageCount, head.CreatedAt, head.LastActive, head.LastSeq, usage?.LastSeen, usage?.Reads ?? 0, head.Wallet, budget), null);
    });

    public Task<Reply<HistoryPage>> GetHistory(GetHistory request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var head = await _records.LoadHeadAsync(null, cancellationToken);
        var query = new HistoryQuery(request.SessionId ?? SessionNames.Default, request.Limit, request.Before, request.Search);
        var session = await _records.LoadSessionAsync(query.SessionId, cancellationToken);
        var slice = await MessageHistory.ReadAsync(
            head, session, query, (n, token) => _records.LoadPageAsync(head!, query.SessionId, n, token), cancellationToken);
        if (slice.IsRefused)
            return Refused<HistoryPage>(slice.Refusal);
        if (head is not null)
            await SeenAsync();
        return new Reply<HistoryPage>(ToPage(slice.Value), null);
    });

    /// <inheritdoc/>
    protected override Task OnActorMethodFailedAsync(ActorMethodContext actorMethodContext, Exception e)
    {
        _records.Distrust();
        WriteLine();
        return Task.CompletedTask;
    }

    /// <summary>What a message needs of the agent's records, and the open page of its session.</summary>
    private async Task<(PostInputs Inputs, OpenPage Open)> LoadPostInputsAsync(
        AgentHead head, PostRequest post, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var session = await _records.LoadSessionAsync(post.SessionId, cancellationToken);
        var open = post.SessionId == SessionNames.Default ? head.Page : session?.Page ?? default;
        var turns = await _records.LoadTurnsAsync(head, cancellationToken);
        var inputs = new PostInputs(
            head,
            session,
            open.N == 0 ? null : await _records.LoadPageAsync(head, post.SessionId, open.N, cancellationToken),
            await _records.LoadOpenEventsAsync(head, cancellationToken),
            turns,
            await _records.LoadKeysAsync(head, post, now, cancellationToken))
        {
            Funds = await LoadFundsIfNeededAsync(turns, cancellationToken),
        };
        return (inputs, open);
    }

    private static Reply<T> Refused<T>(Refusal refusal)
        where T : class => new(null, refusal)
        {
            Shortage = refusal is BudgetRefusal budget ? SpendingStops.ShortageOf(budget.Shortage) : null,
            RateLimit = refusal is MailRateRefusal mail ? ToRateLimit(mail.Rate) : null,
        };

    /// <summary>One call.</summary>
    private async Task<Reply<T>> TurnAsync<T>(Func<Task<Reply<T>>> turn)
        where T : class
    {
        var reply = await AttemptAsync(turn);
        MeasureRefusal(reply.Refusal?.Code);
        await ResumeTurnsAsync();
        await AnswerMailsAsync();
        NoteDue();
        WriteLine();
        if (_records.Known is { } head)
            await KeepScheduleReminderAsync(head.NextDue, AtOnce);
        return reply;
    }

    /// <summary>
    /// Damaged records are answered, not thrown: nothing is wrong with this turn, and a retry would not help. Nothing of
    /// them stays in memory, so that the call after the repair finds the repaired ones.
    /// </summary>
    private async Task<Reply<T>> AttemptAsync<T>(Func<Task<Reply<T>>> turn)
        where T : class
    {
        Reply<T> reply;
        try
        {
            reply = await turn();
        }
        catch (Exception missing) when (missing is EncryptionKeysException or EncryptedRecordException)
        {
            await _records.AbandonAsync();
            LogEncrypted(Logger, Id.GetId(), missing.Message);
            return Refused<T>(ConversationRefusals.EncryptionKeyMissing);
        }
        catch (JsonException damage)
        {
            await _records.AbandonAsync();
            LogUnreadable(Logger, Id.GetId(), damage.Path);
            var unreadable = ConversationRefusals.AgentQuarantined("a record cannot be read");
            NoteQuarantine(unreadable.Detail);
            return Refused<T>(unreadable);
        }
        catch (QuotaException reached)
        {
            await _records.AbandonAsync();
            return Refused<T>(reached.Refusal);
        }
        catch (WalletKeysException missing)
        {
            await _records.AbandonAsync();
            LogNoWallet(Logger, Id.GetId(), missing.Message);
            return Refused<T>(WalletRefusals.WalletUnavailable);
        }

        if (reply.Refusal is { Code: AgentRefusals.AgentQuarantined } refusal)
        {
            await _records.AbandonAsync();
            LogQuarantined(Logger, Id.GetId(), refusal.Detail);
            NoteQuarantine(refusal.Detail);
        }

        await RunErrandAsync();
        await _records.EndTurnAsync();
        return reply;
    }

    // What is no agent's id belongs to no tenant that could have a list.
    private void NoteQuarantine(string reason)
    {
        if (AgentKey.TryParse(Id.GetId(), out var agent))
            _services.Quarantine.Note(agent, reason);
    }

    private EncryptedState Encrypted()
    {
        var id = Id.GetId();
        // What is no agent's id is refused by every call, and belongs to no tenant.
        var tenant = AgentKey.TryParse(id, out var key) ? key.Tenant.ToString() : "";
        return new EncryptedState(StateManager, _services.Encryption.Of(AgentActorType.Name, id, tenant), EncryptedRecords.Types);
    }

    private static Reply<PostedMessage> ToReply(PostAnswer answer) =>
        new(ToPosted(answer), null);

    private static PostedMessage ToPosted(PostAnswer answer) => new(
        answer.Response,
        answer.MessageCount,
        answer.Seq,
        answer.TurnId,
        answer.SessionId,
        answer.At.ToUnixTimeMilliseconds(),
        answer.UserSeq,
        answer.UserAt.ToUnixTimeMilliseconds());

    private static RateLimit? ToRateLimit(RateState? rate) => rate is null
        ? null
        : new RateLimit(rate.Rule.Permits, (int)rate.Rule.Window.TotalSeconds, rate.Remaining, rate.ResetSeconds);

    private static HistoryPage ToPage(HistorySlice slice) => new([.. slice.Messages.Select(ToMessage)], slice.NextBefore);

    private static HistoryMessage ToMessage(StoredMessage message) =>
        new(message.Seq, RoleOf(message), message.Content, message.At.ToUnixTimeMilliseconds());

    [LoggerMessage(1, LogLevel.Error, "Agent {AgentId} is quarantined: {Reason}")]
    private static partial void LogQuarantined(ILogger logger, string agentId, string reason);

    [LoggerMessage(6, LogLevel.Error, "Agent {AgentId} gets no wallet: {Reason}")]
    private static partial void LogNoWallet(ILogger logger, string agentId, string reason);

    [LoggerMessage(45, LogLevel.Error, "Agent {AgentId} is not served: {Reason}")]
    private static partial void LogEncrypted(ILogger logger, string agentId, string reason);

    [LoggerMessage(2, LogLevel.Error, "Agent {AgentId} is quarantined: a stored record cannot be read at {JsonPath}")]
    private static partial void LogUnreadable(ILogger logger, string agentId, string? jsonPath);
}
