using AgentMesh.Agents.DueWork;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.ActorHost.Agents;

/// <summary>
/// The second net under the reminders, which live outside the state store and can be lost with what they live in: the tenant's index of agents with
/// due work, and what its sweep does with an agent that it finds there.
/// </summary>
internal sealed partial class AgentActor
{
    /// <summary>When the index was last told to look after the agent; null: this activation has told it nothing that it would still hold.</summary>
    private DateTimeOffset? _noted;

    // A look that its caller does not wait for any more goes on, as a reminder's does.
    public async Task<Reply<AgentOutlook>> LookAfter(CancellationToken cancellationToken)
    {
        // Nothing else has looked in time, so what this activation believes of its reminders is not believed: those that are wanted are registered
        // anew, and the others removed.
        (_hasWorkReminder, _hasScheduleReminder, _scheduleReminderDue) = (false, true, null);
        var refusal = await LookAtDueAsync();
        var head = refusal is null ? _records.Known : null;
        if (head is not { HasWork: true })
            await UnregisterReminderAsync(WorkReminder, () => _hasWorkReminder = false);
        else if (!_hasWorkReminder)
            await SetWorkReminderAsync();
        // The sweep writes it into the index.
        _noted = head is null ? null : _services.DueRules?.NextOf(head, _time.GetUtcNow());
        if (refusal is not null)
            return Refused<AgentOutlook>(refusal);
        return new Reply<AgentOutlook>(new AgentOutlook(_noted), null);
    }

    /// <summary>After every turn. One that leaves nothing to do ends here with a look at what is in memory.</summary>
    private void NoteDue()
    {
        if (_records.Known is not { } head || _services.DueRules is not { } rules)
            return;
        if (DueRules.HasNothingDue(head))
        {
            if (_noted is not null && _services.DueNotes.Withdraw(Id.GetId()))
                _noted = null;
            return;
        }

        if (rules.ToNote(head, _noted, _time.GetUtcNow()) is not { } at)
            return;
        _services.DueNotes.Note(Id.GetId(), at);
        _noted = at;
    }

    private void ForgetDue()
    {
        _services.DueNotes.Erase(Id.GetId());
        _noted = null;
    }
}
