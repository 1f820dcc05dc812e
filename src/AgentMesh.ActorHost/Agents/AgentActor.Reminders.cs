using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Purchases;
using AgentMesh.Agents.Schedules;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.Turns;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Agents;

/// <summary>
/// The agent's reminders. They may come too early, too late, twice, in floods or not at all: what is due stands in the state, and a tick only
/// looks at it. None is there when nothing is left to do.
/// </summary>
internal sealed partial class AgentActor
{
    /// <summary>Ticks every few seconds while runs work on turns.</summary>
    private const string WorkReminder = "work";

    /// <summary>Ticks when the next schedule is due, the next session may expire or the next hold is over, and every minute from then on: a single tick can be lost.</summary>
    private const string ScheduleReminder = "schedule";

    private static readonly TimeSpan SchedulePeriod = TimeSpan.FromSeconds(60);

    /// <summary>For what is due when a call comes, whose tick is late or lost. Short: calls that wake the agent again and again must not put it off.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(1);

    /// <summary>A reminder's due time is nanoseconds in 64 bits in Dapr. A tick too early looks, and waits again.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(30);

    private bool _hasWorkReminder;
    private bool _hasScheduleReminder;

    /// <summary>What the schedule reminder was last set to by this activation; null when that is not known.</summary>
    private DateTimeOffset? _scheduleReminderDue;

    /// <summary>It was set for mail, which is under way for milliseconds.</summary>
    private bool _isMailReminder;

    /// <summary>Looks at what is due. Safe at any time and as often as a reminder comes.</summary>
    public async Task ReceiveReminderAsync(string reminderName, byte[] state, TimeSpan dueTime, TimeSpan period)
    {
        // Their names are those of this class.
        _services.Metrics.Actors.ReminderFired(reminderName);
        if (reminderName == FlushReminder)
        {
            await FlushAsync();
            return;
        }

        if (reminderName == WorkReminder)
            _hasWorkReminder = true;
        // From now on it ticks every minute, until it is set anew.
        if (reminderName == ScheduleReminder)
            (_hasScheduleReminder, _scheduleReminderDue) = (true, null);
        await LookAtDueAsync();
        NoteDue();
    }

    /// <summary>What a tick does, whoever asks for it.</summary>
    private async Task<Refusal?> LookAtDueAsync()
    {
        var refusal = await AdvanceTurnsAsync(CancellationToken.None)
            ?? await WorkOffAsync(ScheduleLimits.RunsAtOnce, RunScheduleAsync)
            ?? await WorkOffAsync(SessionLimits.ExpiriesAtOnce, ExpireSessionAsync)
            ?? await WorkOffAsync(PurchaseLimits.Open, ResumePurchaseAsync)
            ?? await WorkOffAsync(1, ExpireHoldsAsync)
            ?? await WorkOffMailAsync();
        // Nothing is wrong with an agent whose key is not there: its reminders stay.
        if (refusal?.Code == AgentRefusals.EncryptionKeyMissing)
            return refusal;
        // A damaged agent is not woken for ever either: an operator's repair begins with a call, and with it the reminders.
        var head = refusal is null ? _records.Known : null;
        if (_hasWorkReminder && head is not { HasWork: true })
            await UnregisterReminderAsync(WorkReminder, () => _hasWorkReminder = false);
        // What could not run, for want of room or because there is much of it, is tried again as running turns are; what waits until there is budget is
        // in no hurry.
        await KeepScheduleReminderAsync(head?.NextDue, head is { PausedTurns: > 0 } ? SchedulePeriod : TimeSpan.FromSeconds(_services.Turns.WorkIntervalSeconds));
        return refusal;
    }

    private Task<Refusal?> AdvanceTurnsAsync(CancellationToken cancellationToken) => WorkAsync(async () =>
    {
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { OpenTurns: > 0 } head)
            return null;
        return await ChangeTurnsAsync(
            head, inputs => TurnChanges.Advance(inputs, _services.Rules.Turns, _records.Epoch, _time.GetUtcNow()), cancellationToken);
    });

    /// <summary>Does what is due one by one, as much as one tick may, each in a transaction of its own.</summary>
    /// <param name="most">How much that is.</param>
    /// <param name="workAsync">Does one; false: nothing is due, or there is no room for it.</param>
    private async Task<Refusal?> WorkOffAsync(int most, Func<CancellationToken, Task<Result<bool>>> workAsync)
    {
        Refusal? refusal = null;
        var hasWorked = true;
        for (var n = 0; n < most && hasWorked && refusal is null; n++)
        {
            refusal = await WorkAsync(async () =>
            {
                var worked = await workAsync(CancellationToken.None);
                hasWorked = worked.Value;
                return worked.Refusal;
            });
        }

        return refusal;
    }

    /// <summary>A turn that nobody waits for an answer of.</summary>
    private async Task<Refusal?> WorkAsync(Func<Task<Refusal?>> work) =>
        (await AttemptAsync(async () => new Reply<Refusal>(null, await work()))).Refusal;

    /// <summary>Before a commit: work that nobody would look after must not exist.</summary>
    private async Task RemindOfAsync(AgentHead before, AgentChange change)
    {
        if (change.Turns is not null && change.Head.HasWork && !_hasWorkReminder)
            await SetWorkReminderAsync();

        _hasScheduleReminder |= before.NextDue is not null;
        // Only what comes earlier: set to a later time before the commit, it would be late for what stays due if the commit failed.
        if (change.Head.NextDue is { } next && !(before.NextDue <= next) && !(_isMailReminder && _scheduleReminderDue <= next))
            await SetScheduleReminderAsync(next, AtOnce, next == change.Head.NextMail);
    }

    /// <summary>After a turn, and so after its commit, and once in every activation: the state says what is wanted, reminders can get lost.</summary>
    /// <param name="next">What is due next; null: nothing.</param>
    /// <param name="whenDue">How long to wait for what is due already.</param>
    private async Task KeepScheduleReminderAsync(DateTimeOffset? next, TimeSpan whenDue)
    {
        // One for mail stays, and goes or is set anew when it comes: that costs less than to set it for every message.
        var comesBefore = _isMailReminder && _scheduleReminderDue is not null && !(next < _scheduleReminderDue);
        if (next is { } due && due != _scheduleReminderDue && !comesBefore)
            await SetScheduleReminderAsync(due, whenDue, due == _records.Known?.NextMail);
        else if (next is null && _hasScheduleReminder && !comesBefore)
            await UnregisterReminderAsync(ScheduleReminder, () => (_hasScheduleReminder, _scheduleReminderDue) = (false, null));
    }

    private async Task SetWorkReminderAsync()
    {
        var interval = TimeSpan.FromSeconds(_services.Turns.WorkIntervalSeconds);
        await RegisterReminderAsync(WorkReminder, null, interval, interval);
        _hasWorkReminder = true;
    }

    private async Task SetScheduleReminderAsync(DateTimeOffset next, TimeSpan whenDue, bool isForMail)
    {
        var wait = next - _time.GetUtcNow();
        if (wait <= TimeSpan.Zero)
            wait = whenDue;
        await RegisterReminderAsync(ScheduleReminder, null, wait < LongestWait ? wait : LongestWait, SchedulePeriod);
        (_hasScheduleReminder, _scheduleReminderDue, _isMailReminder) = (true, next, isForMail);
    }

    // Forgotten first: an activation that believes in a reminder that is gone would not set it again.
    private async Task UnregisterReminderAsync(string name, Action forget)
    {
        forget();
        await UnregisterReminderAsync(name);
    }
}
