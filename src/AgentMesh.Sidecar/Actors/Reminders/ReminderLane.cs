namespace AgentMesh.Sidecar.Actors.Reminders;

/// <summary>A reminder in memory.</summary>
internal sealed class ReminderEntry(Reminder reminder)
{
    public Reminder Reminder { get; } = reminder;

    /// <summary>When it is offered to the app; later than due after a failure.</summary>
    public DateTimeOffset At { get; init; } = reminder.Due;

    /// <summary>Failed tries of the tick that is due.</summary>
    public int Failures { get; set; }
}

/// <summary>
/// The reminders of one actor type that are in memory: those due soon, at most <see cref="MaxLoaded"/> and a few. The store has all, and
/// is asked again before a tick: memory may be behind it. No I/O and no lock of its own; the scheduler guards it.
/// </summary>
internal sealed class ReminderLane(string type)
{
    /// <summary>Read from the store at a time.</summary>
    public const int MaxLoaded = 4096;

    /// <summary>How far ahead reminders are in memory.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, ReminderEntry> _entries = new(StringComparer.Ordinal);
    private readonly PriorityQueue<ReminderEntry, DateTimeOffset> _queue = new();
    private readonly Dictionary<ActorRef, List<ReminderEntry>> _busy = [];
    private DateTimeOffset _loadedUntil = DateTimeOffset.MinValue;
    private DateTimeOffset _nextScan = DateTimeOffset.MinValue;
    private bool _storeHasMore;

    public string Type { get; } = type;

    /// <summary>A <see cref="TimeProvider"/> timestamp from before the lease was last taken; null: not held.</summary>
    public long? LeaseTaken { get; set; }

    /// <summary>When the lane has something to do again.</summary>
    public DateTimeOffset NextWork =>
        _queue.TryPeek(out _, out var due) && due < _nextScan ? due : _nextScan;

    public bool NeedsScan(DateTimeOffset now) => now >= _nextScan || (_storeHasMore && _entries.Count < MaxLoaded / 2);

    /// <summary>A look at the store begins; returns how far it goes.</summary>
    public DateTimeOffset BeginScan(DateTimeOffset now)
    {
        if (now + Window > _loadedUntil)
            _loadedUntil = now + Window;
        return now + Window;
    }

    /// <summary>Takes in what the store had. What is in memory already is as new or newer, and knows its failed tries.</summary>
    public void EndScan(IReadOnlyList<Reminder> found, DateTimeOffset now)
    {
        foreach (var reminder in found)
        {
            if (!_entries.TryGetValue(reminder.Key, out var known) || known.Reminder.Revision < reminder.Revision)
                Put(new ReminderEntry(reminder));
        }

        _storeHasMore = found.Count >= MaxLoaded;
        _nextScan = now + Window / 2;
    }

    public void FailScan(DateTimeOffset next) => (_storeHasMore, _nextScan) = (false, next);

    /// <summary>A registration or deletion is in the store.</summary>
    /// <param name="key">The reminder's key.</param>
    /// <param name="registered">The new registration; null: deleted.</param>
    public void Change(string key, Reminder? registered)
    {
        _entries.Remove(key);
        if (registered is null || registered.Due > _loadedUntil)
            return;
        if (_entries.Count < 2 * MaxLoaded)
            Put(new ReminderEntry(registered));
        else
            _storeHasMore = true;
    }

    /// <summary>False: deleted, registered again, or no longer this sidecar's.</summary>
    public bool Holds(ReminderEntry entry) => _entries.TryGetValue(entry.Reminder.Key, out var current) && current == entry;

    /// <summary>The next one to fire; null: none is due, or all due ones wait for an actor that is being reminded.</summary>
    public ReminderEntry? TakeDue(DateTimeOffset now)
    {
        while (_queue.TryPeek(out var entry, out var at) && at <= now)
        {
            _queue.Dequeue();
            if (!Holds(entry))
                continue;
            // One at a time for each actor, so that its reminders do not take all the places and wait for each other.
            if (_busy.TryGetValue(entry.Reminder.Actor, out var waiting))
            {
                waiting.Add(entry);
                continue;
            }

            _busy[entry.Reminder.Actor] = [];
            return entry;
        }

        return null;
    }

    /// <summary>Ends a firing. The reminder goes on as <paramref name="next"/> at a time; null: it leaves memory.</summary>
    public void EndFiring(ReminderEntry entry, Reminder? next, DateTimeOffset at)
    {
        if (_busy.Remove(entry.Reminder.Actor, out var waiting))
            waiting.ForEach(other => _queue.Enqueue(other, other.At));
        if (!Holds(entry))
            return;
        // Between two tries it stays: the store knows nothing of them.
        if (next is not null && (at <= _loadedUntil || entry.Failures > 0))
            Put(new ReminderEntry(next) { At = at, Failures = entry.Failures });
        else
            _entries.Remove(entry.Reminder.Key);
    }

    /// <summary>Nothing of this type fires here for now; what fires already ends.</summary>
    public void Clear()
    {
        _entries.Clear();
        _queue.Clear();
        (_loadedUntil, _nextScan, _storeHasMore) = (DateTimeOffset.MinValue, DateTimeOffset.MinValue, false);
    }

    private void Put(ReminderEntry entry)
    {
        _entries[entry.Reminder.Key] = entry;
        _queue.Enqueue(entry, entry.At);
    }
}
