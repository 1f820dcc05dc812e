using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Erasing;
using AgentMesh.Agents.Profile;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.ActorHost.Agents;

/// <summary>What is the owner's: the profile, an export, the end.</summary>
internal sealed partial class AgentActor
{
    public Task<Reply<AgentProfile>> GetProfile(CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { } head)
            return new Reply<AgentProfile>(new AgentProfile(null), null);
        return StoredConversation.CheckHead(head) is { } refusal
            ? Refused<AgentProfile>(refusal)
            : new Reply<AgentProfile>(new AgentProfile((await _records.LoadProfileAsync(cancellationToken)).SystemPrompt), null);
    });

    public Task<Reply<AgentProfile>> SetProfile(AgentProfile request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var now = _time.GetUtcNow();
        var head = await LoadHeadToWriteAsync(now, cancellationToken);
        await _records.LoadProfileAsync(cancellationToken);
        var change = ProfileRecord.Set(head, request.SystemPrompt, _records.Epoch, now);
        if (change.IsRefused)
            return Refused<AgentProfile>(change.Refusal);
        await _records.StoreAsync(head, change.Value, cancellationToken);
        return new Reply<AgentProfile>(new AgentProfile(change.Value.Profile.SystemPrompt), null);
    });

    public Task<Reply<StoredPage>> GetPage(GetPage request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var id = request.SessionId ?? SessionNames.Default;
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { } head)
            return new Reply<StoredPage>(new StoredPage([], true), null);
        var session = await _records.LoadSessionAsync(id, cancellationToken);
        var page = await MessageHistory.ReadPageAsync(
            head, session, id, request.N, (n, token) => _records.LoadPageAsync(head, id, n, token), cancellationToken);
        return page.IsRefused
            ? Refused<StoredPage>(page.Refusal)
            : new Reply<StoredPage>(new StoredPage([.. page.Value.Messages.Select(ToMessage)], page.Value.NextBefore is null), null);
    });

    public Task<Reply<Erasure>> EraseAll(EraseAgent request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        ForgetDue();
        ForgetLine();
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { } head)
            return await ToErasureAsync(true, new Dictionary<string, int>(), cancellationToken);
        foreach (var turn in (await _records.LoadTurnsAsync(head, cancellationToken))?.Open ?? [])
            _services.Runner.Stop(Id.GetId(), turn.Turn);
        var index = await _records.LoadIndexAsync(cancellationToken);
        var session = AgentErasure.NextSession(index) is { } id ? await _records.LoadSessionAsync(id, cancellationToken) : null;
        var part = AgentErasure.Next(
            head, index, session, await _records.LoadPurchasesAsync(cancellationToken), _records.Epoch,
            (await _records.LoadLedgerAsync(cancellationToken)).WithoutAgent(_services.BudgetRules, LedgerNow));
        (_unwritten, _feed) = (null, null);
        _summariesDue.Clear();
        // Before the last part: an erasure that is cut off here goes on, and an agent without records must have no reminder.
        if (part.Head is null)
        {
            await UnregisterReminderAsync(WorkReminder, () => _hasWorkReminder = false);
            await UnregisterReminderAsync(ScheduleReminder, () => (_hasScheduleReminder, _scheduleReminderDue) = (false, null));
            await UnregisterReminderAsync(FlushReminder, () => _hasFlushReminder = false);
        }

        var records = await _records.StoreAsync(part, cancellationToken);
        // Watchers begin anew, as the numbers do.
        if (part.Head is null)
        {
            _services.Announcer.Announce(Id.GetId(), 0);
            _services.Events.TakeErased(Id.GetId(), head.CreatedAt);
        }

        return await ToErasureAsync(part.Head is null, records, cancellationToken);
    });

    private async Task<Reply<Erasure>> ToErasureAsync(bool isDone, Dictionary<string, int> records, CancellationToken cancellationToken) => new(
        isDone
            ? new Erasure(
                true, records, await CountPaymentsAsync(cancellationToken), await _records.LoadFreezeAsync(cancellationToken) is not null,
                await _records.CountSpendingAsync(cancellationToken))
            : new Erasure(false, records),
        null);
}
