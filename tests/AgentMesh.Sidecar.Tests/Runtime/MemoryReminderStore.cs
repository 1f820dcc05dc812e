using AgentMesh.Sidecar.Actors;
using AgentMesh.Sidecar.Actors.Reminders;
using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.Tests.Runtime;

/// <summary>Reminders for tests of the runtime, and a switch that makes the store fail.</summary>
internal sealed class MemoryReminderStore : IReminderStore
{
    private readonly Dictionary<string, Reminder> _reminders = new(StringComparer.Ordinal);

    public StateStoreException? Failure { get; set; }

    public IReadOnlyList<Reminder> All
    {
        get
        {
            lock (_reminders)
                return [.. _reminders.Values];
        }
    }

    public Task<Reminder?> GetAsync(ActorRef actor, string name, CancellationToken cancellationToken) =>
        Run(() => _reminders.GetValueOrDefault(Reminder.KeyOf(actor, name)));

    public Task<bool> SaveAsync(Reminder reminder, bool overwrite, CancellationToken cancellationToken) => Run(() =>
    {
        if (!overwrite && _reminders.ContainsKey(reminder.Key))
            return false;
        _reminders[reminder.Key] = reminder;
        return true;
    });

    public Task DeleteAsync(ActorRef actor, string name, CancellationToken cancellationToken) => Run(() => _reminders.Remove(Reminder.KeyOf(actor, name)));

    public Task<bool> AdvanceAsync(Reminder reminder, Reminder? next, CancellationToken cancellationToken) => Run(() =>
    {
        if (_reminders.GetValueOrDefault(reminder.Key)?.Revision != reminder.Revision)
            return false;
        if (next is null)
            return _reminders.Remove(reminder.Key);
        _reminders[reminder.Key] = next;
        return true;
    });

    public Task<IReadOnlyList<Reminder>> LoadPageAsync(string type, DateTimeOffset until, int skip, int limit, CancellationToken cancellationToken) =>
        Run<IReadOnlyList<Reminder>>(() => [.. _reminders.Values.Where(reminder => reminder.Type == type && reminder.Due <= until).OrderBy(reminder => reminder.Due).Skip(skip).Take(limit)]);

    public Task<long> CountAsync(string type, CancellationToken cancellationToken) => Run(() => (long)_reminders.Values.Count(reminder => reminder.Type == type));

    public Task<bool> HoldLeaseAsync(string type, TimeSpan duration, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task ReleaseLeaseAsync(string type, CancellationToken cancellationToken) => Task.CompletedTask;

    private Task<T> Run<T>(Func<T> body)
    {
        if (Failure is not null)
            throw Failure;
        lock (_reminders)
            return Task.FromResult(body());
    }
}
