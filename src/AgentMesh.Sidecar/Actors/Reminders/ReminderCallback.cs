using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Actors.Reminders;

/// <summary>Brings one tick to the app, as the actor's turn, and stores the progress once the app has answered.</summary>
internal sealed partial class ReminderCallback(IReminderStore store, ActorRouter router, TimeProvider timeProvider, ILogger<ReminderCallback> logger)
{
    /// <param name="entry">The reminder whose tick is due.</param>
    /// <param name="mayFire">Asked when the turn has come.</param>
    /// <param name="cancellationToken">The sidecar stops.</param>
    /// <returns>The reminder as it goes on in memory, and when; null: it leaves memory.</returns>
    public async Task<(Reminder? Next, DateTimeOffset At)> TickAsync(ReminderEntry entry, Func<bool> mayFire, CancellationToken cancellationToken)
    {
        var reminder = entry.Reminder;
        // A tick after the expiry is not fired, and is the end.
        var (outcome, stored) = reminder.Due > reminder.Schedule.Expires ? (CallbackOutcome.Canceled, reminder) : await RunAsync(reminder, mayFire, cancellationToken);
        switch (outcome)
        {
            case CallbackOutcome.NoTurn:
                return stored is null || stored == reminder ? default : (stored, stored.Due);
            case CallbackOutcome.Failed when !(entry.Failures >= reminder.FailurePolicy.MaxRetries):
                entry.Failures++;
                return (reminder, timeProvider.GetUtcNow() + reminder.FailurePolicy.Interval);
            case CallbackOutcome.Failed:
                LogTickDropped(reminder.Type, entry.Failures + 1);
                break;
        }

        entry.Failures = 0;
        var next = outcome == CallbackOutcome.Canceled ? null : reminder.Next();
        return await store.AdvanceAsync(reminder, next, CancellationToken.None) ? (next, next?.Due ?? default) : default;
    }

    private async Task<(CallbackOutcome Outcome, Reminder? Stored)> RunAsync(Reminder reminder, Func<bool> mayFire, CancellationToken cancellationToken)
    {
        Reminder? stored = null;
        var (outcome, error) = await router.RunTurnAsync(
            reminder.Actor,
            async (host, token) =>
            {
                // Another sidecar asks the store itself, within its turn.
                if (host.IsRemote)
                    return mayFire() ? await SendAsync(host, reminder, token) : CallbackOutcome.NoTurn;
                // Within the turn: an actor that has unregistered in an earlier one hears nothing more. And a look at the store may
                // have raced with a change, so that memory is behind.
                stored = await store.GetAsync(reminder.Actor, reminder.Name, token);
                return stored == reminder && mayFire() ? await SendAsync(host, reminder, token) : CallbackOutcome.NoTurn;
            },
            cancellationToken);
        return (error is null ? outcome : CallbackOutcome.NoTurn, stored);
    }

    private Task<CallbackOutcome> SendAsync(AppConnection host, Reminder reminder, CancellationToken cancellationToken) => ActorCallback.SendAsync(
        host, reminder.Actor, "remind", reminder.Name, ActorCallback.BodyOf(null, reminder.Data, "", ""), cancellationToken, store.GuardOf(reminder));

    [LoggerMessage(LogLevel.Warning, "A tick of a reminder of {ActorType} was given up after {Tries} tries")]
    private partial void LogTickDropped(string actorType, int tries);
}
