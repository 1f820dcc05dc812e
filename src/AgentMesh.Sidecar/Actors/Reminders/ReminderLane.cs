namespace AgentMesh.Sidecar.Actors.Reminders;

/// <summary>A reminder in memory.</summary>
internal sealed class ReminderEntry(Reminder reminder)
{
    public Reminder Reminder { get; set; } = reminder;

    /// <summary>When it is offered to the app; later than due after a failure.</summary>
    public DateTimeOffset At { get; set; } = reminder.Due;

    /// <summary>Failed tries of the tick that is due.</summary>
    public int Failures { get; set; }

    public bool IsFiring { get; set; }

    /// <summary>Deleted or registered again: it fires no more.</summary>
    public bool IsGone { get; set; }

    /// <summary>Registered again while it fires; takes its place then.</summary>
    public Reminder? Successor { get; set; }
}

/// <summary>
/// The reminders of one actor type that are in memory: those due soon, at most <see cref="MaxLoaded"/> and a few. The store has all.
/// No I/O and no lock of its own; the scheduler guards it.
/// </summary>
internal sealed class ReminderLane(string type)
{
    /// <summary>Read from the store at a time.</summary>
    public const int MaxLoaded = 4096;

    /// <summary>How far ahead reminders are in memory.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    /// <summary>After a look at the store that raced with a change.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, ReminderEntry> _entries = new(StringComparer.Ordinal);
    private readonly PriorityQueue<ReminderEntry, DateTimeOffset> _queue = new();
    private readonly Dictionary<ActorRef, List<ReminderEntry>> _busy = [];
    private readonly Dictionary<string, int> _changing = new(StringComparer.Ordinal);
    private readonly HashSet<string> _touched = new(StringComparer.Ordinal);
    private DateTimeOffset _loadedUntil = DateTimeOffset.MinValue;
    private DateTimeOffset _nextScan = DateTimeOffset.MinValue;
    private bool _isScanning;
    private bool _storeHasMore;

    public string Type { get; } = type;

    /// <summary>A <see cref="TimeProvider"/> timestamp from before the lease was last taken; null: not held.</summary>
    public long? LeaseTaken { get; set; }

    /// <summary>Reminders in memory.</summary>
    public int Count => _entries.Count;

    /// <summary>When the lane has something to do again.</summary>
    public DateTimeOffset NextWork =>
        _queue.TryPeek(out _, out var due) && due < _nextScan ? due : _nextScan;

    public bool NeedsScan(DateTimeOffset now) => now >= _nextScan || (_storeHasMore && _entries.Count < MaxLoaded / 2);

    /// <summary>A look at the store begins; returns how far it goes.</summary>
    public DateTimeOffset BeginScan(DateTimeOffset now)
    {
        _isScanning = true;
        _touched.Clear();
        if (now + Window > _loadedUntil)
            _loadedUntil = now + Window;
        return now + Window;
    }

    /// <summary>
    /// Takes in what the store had. What changed since the look began is left to the next look: the look may have seen it before or
    /// after.
    /// </summary>
    public void EndScan(IReadOnlyList<Reminder> found, DateTimeOffset now)
    {
        var raced = false;
        _isScanning = false;
        foreach (var reminder in found)
        {
            if (_touched.Contains(reminder.Key) || _changing.ContainsKey(reminder.Key))
                raced = true;
            else
                Offer(reminder);
        }

        _storeHasMore = found.Count >= MaxLoaded && !raced;
        _nextScan = now + (raced ? LookAgain : Window / 2);
    }

    public void FailScan(DateTimeOffset next) => (_isScanning, _storeHasMore, _nextScan) = (false, false, next);

    /// <summary>A registration or deletion is on its way to the store; <see cref="EndChange"/> has to follow.</summary>
    public void BeginChange(string key) => _changing[key] = _changing.GetValueOrDefault(key) + 1;

    /// <param name="key">The reminder's key.</param>
    /// <param name="succeeded">False: the store refused, or nobody knows.</param>
    /// <param name="registered">The new registration; null: deleted.</param>
    public void EndChange(string key, bool succeeded, Reminder? registered)
    {
        if (--_changing[key] == 0)
            _changing.Remove(key);
        Touch(key);
        if (!succeeded)
            return;
        if (registered is null)
            Remove(key);
        else if (registered.Due <= _loadedUntil && _entries.Count < 2 * MaxLoaded)
            Offer(registered);
        else
            (_, _storeHasMore) = (Remove(key), _storeHasMore || registered.Due <= _loadedUntil);
    }

    /// <summary>The next one to fire, marked as firing; null: none is due, or all due ones wait for an actor that is being reminded.</summary>
    public ReminderEntry? TakeDue(DateTimeOffset now)
    {
        while (_queue.TryPeek(out var entry, out var at) && at <= now)
        {
            _queue.Dequeue();
            if (entry.IsGone)
                continue;
            // One at a time for each actor, so that its reminders do not take all the places and wait for each other.
            if (_busy.TryGetValue(entry.Reminder.Actor, out var waiting))
            {
                waiting.Add(entry);
                continue;
            }

            _busy[entry.Reminder.Actor] = [];
            entry.IsFiring = true;
            return entry;
        }

        return null;
    }

    /// <summary>Ends a firing. The entry goes on with <paramref name="next"/> at a time; null: it leaves memory.</summary>
    public void EndFiring(ReminderEntry entry, Reminder? next, DateTimeOffset at)
    {
        var key = entry.Reminder.Key;
        Touch(key);
        entry.IsFiring = false;
        if (_busy.Remove(entry.Reminder.Actor, out var waiting))
            waiting.ForEach(other => _queue.Enqueue(other, other.At));
        if (entry.IsGone)
        {
            if (_entries.TryGetValue(key, out var current) && current == entry)
                _entries.Remove(key);
            if (entry.Successor is { } successor && successor.Due <= _loadedUntil)
                Offer(successor);
        }
        else if (next is null || (at > _loadedUntil && entry.Failures == 0))
        {
            // Between two tries it stays: the store knows nothing of them.
            _entries.Remove(key);
        }
        else
        {
            entry.Reminder = next;
            entry.At = at;
            _queue.Enqueue(entry, at);
        }
    }

    /// <summary>Nothing of this type fires here for now; what fires already ends.</summary>
    public void Clear()
    {
        foreach (var key in _entries.Keys.ToList())
            Remove(key);
        _queue.Clear();
        (_loadedUntil, _nextScan, _storeHasMore) = (DateTimeOffset.MinValue, DateTimeOffset.MinValue, false);
    }

    private void Touch(string key)
    {
        if (_isScanning)
            _touched.Add(key);
    }

    private void Offer(Reminder reminder)
    {
        var key = reminder.Key;
        if (_entries.TryGetValue(key, out var known))
        {
            if (known.IsFiring)
            {
                if (reminder.Revision > (known.Successor ?? known.Reminder).Revision)
                    (known.IsGone, known.Successor) = (true, reminder);
                return;
            }

            if (reminder.Revision <= known.Reminder.Revision)
                return;
            known.IsGone = true;
        }

        var entry = new ReminderEntry(reminder);
        _entries[key] = entry;
        _queue.Enqueue(entry, entry.At);
    }

    private bool Remove(string key)
    {
        if (!_entries.TryGetValue(key, out var known))
            return false;
        (known.IsGone, known.Successor) = (true, null);
        // One that fires keeps its place until it has ended, so that a successor does not fire beside it.
        return known.IsFiring || _entries.Remove(key);
    }
}
