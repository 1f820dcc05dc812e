using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.Actors.Reminders;

/// <summary>
/// Fires reminders: at least once, each when it is due, missed ones one after the other. Progress is stored after the app has answered.
/// </summary>
/// <remarks>
/// One loop looks at the lanes; the firings run beside it. <c>_gate</c> guards the lanes and is never held during I/O.
/// </remarks>
internal sealed partial class ReminderScheduler(
    IReminderStore store, ReminderCallback callback, HostDirectory hosts, TimeProvider timeProvider, ILogger<ReminderScheduler> logger) : IAsyncDisposable
{
    /// <summary>Firings at once. Most wait for their actor's turn or for the app.</summary>
    public const int MaxFiring = 512;

    /// <summary>A sidecar that dies holds a type's reminders back for this long.</summary>
    public static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(8);

    /// <summary>A lease is used no longer than this without being prolonged; the rest is for a call that hangs.</summary>
    private static readonly TimeSpan LeaseUse = TimeSpan.FromSeconds(6);

    private static readonly TimeSpan LeaseRenewal = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ReminderLane> _lanes = new(StringComparer.Ordinal);
    private readonly WorkGate _work = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Pulse _wake = new();
    private Task _loop = Task.CompletedTask;
    private int _firing;

    /// <exception cref="StateStoreException">The store does not answer.</exception>
    public async Task StartAsync()
    {
        await store.WatchAsync(NoteForeignChange);
        hosts.Changed += _wake.Send;
        _loop = LoopAsync();
    }

    /// <summary>Registers: durable when it completes. False: the name is taken and <paramref name="overwrite"/> is off.</summary>
    public async Task<bool> RegisterAsync(Reminder reminder, bool overwrite, CancellationToken cancellationToken)
    {
        if (!await store.SaveAsync(reminder, overwrite, cancellationToken))
            return false;
        NoteChange(reminder.Type, reminder.Key, reminder);
        return true;
    }

    public async Task UnregisterAsync(ActorRef actor, string name, CancellationToken cancellationToken)
    {
        await store.DeleteAsync(actor, name, cancellationToken);
        NoteChange(actor.Type, Reminder.KeyOf(actor, name), null);
    }

    /// <summary>Ends the loop and the firings; ticks under way are fired again by the next sidecar.</summary>
    public async ValueTask DisposeAsync()
    {
        hosts.Changed -= _wake.Send;
        await _stopping.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _work.CloseAsync();
        foreach (var lane in _lanes.Values.Where(lane => lane.LeaseTaken is not null))
            await ReleaseAsync(lane);
        _stopping.Dispose();
    }

    // Another sidecar has registered or deleted a reminder that may be in memory here.
    private void NoteForeignChange(ActorRef actor, string name)
    {
        lock (_gate)
        {
            if (!_lanes.TryGetValue(actor.Type, out var lane) || lane.LeaseTaken is null || !_work.TryBegin())
                return;
        }

        // Ends the work it has begun, which the stop waits for.
        _ = Task.Run(() => ReadAgainAsync(actor, name));
    }

    private async Task ReadAgainAsync(ActorRef actor, string name)
    {
        try
        {
            NoteChange(actor.Type, Reminder.KeyOf(actor, name), await store.GetAsync(actor, name, _stopping.Token));
        }
        catch (Exception exception) when (exception is StateStoreException or OperationCanceledException)
        {
            // The next look at the store sees it, and a tick that is out of date is not fired: the store is asked within the turn.
        }
        finally
        {
            _work.End();
        }
    }

    private void NoteChange(string type, string key, Reminder? registered)
    {
        lock (_gate)
            Lane(type).Change(key, registered);
        _wake.Send();
    }

    private ReminderLane Lane(string type)
    {
        if (!_lanes.TryGetValue(type, out var lane))
            _lanes.Add(type, lane = new ReminderLane(type));
        return lane;
    }

    private async Task LoopAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            var wake = _wake.Next;
            List<ReminderLane> lanes;
            var hosted = hosts.Connections.Where(connection => !connection.IsRemote).SelectMany(connection => connection.ActorTypes).Select(settings => settings.Type).ToHashSet(StringComparer.Ordinal);
            lock (_gate)
            {
                foreach (var type in hosted)
                    Lane(type);
                lanes = [.. _lanes.Values];
            }

            var next = timeProvider.GetUtcNow() + LeaseRenewal;
            foreach (var lane in lanes)
            {
                // Without a host they wait in the store (daprd: staged).
                var work = hosted.Contains(lane.Type) ? await ServeAsync(lane) : await StageAsync(lane);
                next = work < next ? work : next;
            }

            var delay = next - timeProvider.GetUtcNow();
            if (delay > TimeSpan.Zero)
                await wake.WaitAsync(delay, timeProvider, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<DateTimeOffset> StageAsync(ReminderLane lane)
    {
        lock (_gate)
            lane.Clear();
        if (lane.LeaseTaken is not null)
            await ReleaseAsync(lane);
        return DateTimeOffset.MaxValue;
    }

    /// <summary>One look at a lane; returns when the next one is due.</summary>
    private async Task<DateTimeOffset> ServeAsync(ReminderLane lane)
    {
        var now = timeProvider.GetUtcNow();
        try
        {
            if (!await TryHoldLeaseAsync(lane))
            {
                lock (_gate)
                    lane.Clear();
                return now + AfterFailure;
            }

            await ScanAsync(lane, now);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The edge of the loop: whatever it is, the other types go on.
            LogStoreFailed(exception, lane.Type);
            lock (_gate)
                lane.FailScan(now + AfterFailure);
        }

        lock (_gate)
        {
            while (_firing < MaxFiring && lane.TakeDue(now) is { } entry && _work.TryBegin())
            {
                _firing++;
                // Ends the work it has begun, which the stop waits for.
                _ = Task.Run(() => FireAsync(lane, entry));
            }

            // With no place free the end of a firing wakes the loop.
            return _firing == MaxFiring ? DateTimeOffset.MaxValue : lane.NextWork;
        }
    }

    private async Task<bool> TryHoldLeaseAsync(ReminderLane lane)
    {
        if (lane.LeaseTaken is { } taken && timeProvider.GetElapsedTime(taken) < LeaseRenewal)
            return true;
        var before = timeProvider.GetTimestamp();
        var held = await store.HoldLeaseAsync(lane.Type, LeaseDuration, _stopping.Token);
        lock (_gate)
            lane.LeaseTaken = held ? before : null;
        return held;
    }

    private async Task ReleaseAsync(ReminderLane lane)
    {
        try
        {
            lock (_gate)
                lane.LeaseTaken = null;
            await store.ReleaseLeaseAsync(lane.Type, CancellationToken.None);
        }
        catch (StateStoreException exception)
        {
            LogStoreFailed(exception, lane.Type);
        }
    }

    private async Task ScanAsync(ReminderLane lane, DateTimeOffset now)
    {
        DateTimeOffset until;
        lock (_gate)
        {
            if (!lane.NeedsScan(now))
                return;
            until = lane.BeginScan(now);
        }

        var found = await store.LoadPageAsync(lane.Type, until, 0, ReminderLane.MaxLoaded, _stopping.Token);
        lock (_gate)
            lane.EndScan(found, now);
    }

    // Asked again when the turn has come: it may have been long.
    private bool MayFire(ReminderLane lane, ReminderEntry entry)
    {
        lock (_gate)
            return lane.Holds(entry) && lane.LeaseTaken is { } taken && timeProvider.GetElapsedTime(taken) < LeaseUse;
    }

    private async Task FireAsync(ReminderLane lane, ReminderEntry entry)
    {
        Reminder? next = null;
        var at = DateTimeOffset.MinValue;
        try
        {
            (next, at) = await callback.TickAsync(entry, () => MayFire(lane, entry), _stopping.Token);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // It leaves memory and is read again: the app may get the tick twice, never not at all.
            LogProgressFailed(exception, lane.Type);
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
        finally
        {
            lock (_gate)
            {
                lane.EndFiring(entry, next, at);
                _firing--;
            }

            _work.End();
            _wake.Send();
        }
    }

    [LoggerMessage(LogLevel.Error, "Reading the reminders of {ActorType} failed; trying again")]
    private partial void LogStoreFailed(Exception exception, string actorType);

    [LoggerMessage(LogLevel.Error, "The progress of a reminder of {ActorType} was not stored; the tick will be repeated")]
    private partial void LogProgressFailed(Exception exception, string actorType);
}
