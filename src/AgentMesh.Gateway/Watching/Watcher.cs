using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Watching;

/// <summary>
/// One reader of an agent's events with its own place in the log. It pulls when it has time: a slow one costs no memory, and gets the
/// text of running turns in larger pieces. All but <see cref="Wake"/> is for its one reader.
/// </summary>
internal sealed class Watcher(WatchHub hub, WatchedAgent agent, bool isSocket) : IDisposable
{
    private readonly WakeSignal _signal = new();
    private readonly List<TurnPlace> _places = [];

    // Sent so far is (_start, Cursor]; while a gap is filled, (_gapAfter, _gapTo] is still to be sent.
    private long _start;
    private long _gapAfter;
    private long _gapTo;
    private bool _isDisposed;

    public WatchedAgent Agent { get; } = agent;

    public bool IsSocket { get; } = isSocket;

    /// <summary>Its place among the agent's watchers, whose lock guards it.</summary>
    public int Index { get; set; }

    /// <summary>The last event it has.</summary>
    public long Cursor { get; private set; }

    /// <summary>True when the agent could not be read: the reader asks again at the next wake.</summary>
    public bool IsBehind { get; private set; }

    /// <summary>Begins after a number that the agent has just told.</summary>
    public async Task<Refusal?> StartAsync(long after, CancellationToken cancellationToken)
    {
        Begin(after);
        if (after == 0)
            Agent.BeginEmpty();
        if (!Agent.IsKnown)
            return (await Agent.ReadAsync(after, cancellationToken)).Refusal;
        Agent.Announce(after);
        return null;
    }

    /// <summary>Begins after a number that a client gives, and looks whether there is more.</summary>
    public async Task<Result<WatchedPage>> StartReadingAsync(long after, CancellationToken cancellationToken)
    {
        Begin(after);
        return await Agent.ReadAsync(after, cancellationToken);
    }

    public void Wake() => _signal.Wake();

    /// <summary>Completes when there may be something new, or somebody else woke it.</summary>
    public ValueTask WaitAsync() => _signal.WaitAsync();

    /// <summary>True while older events are sent that were asked for: until then <see cref="Resume"/> has to wait.</summary>
    public bool IsFillingGap => _gapAfter < _gapTo;

    /// <summary>Everything after a number is to be sent that was not sent yet.</summary>
    public void Resume(long after)
    {
        if (after > Cursor)
        {
            Begin(after);
        }
        else if (after < _start)
        {
            (_gapAfter, _gapTo, _start) = (after, _start, after);
        }
    }

    /// <summary>What comes next; empty when it has all.</summary>
    public ValueTask<WatchBatch> PullAsync(CancellationToken cancellationToken) => PullAsync(int.MaxValue, cancellationToken);

    /// <summary>What comes next, at most so many events; empty when it has all.</summary>
    public async ValueTask<WatchBatch> PullAsync(int max, CancellationToken cancellationToken)
    {
        var isGap = IsFillingGap;
        IsBehind = false;
        var after = isGap ? _gapAfter : Cursor;
        // In a gap nothing is no answer: this process may know less than the agent has told this watcher.
        var events = Agent.Recent(after) is { } recent && !(isGap && recent.Length == 0) ? recent : null;
        long? reset = null;
        long? end = null;
        if (events is null)
        {
            var page = await Agent.ReadAsync(after, cancellationToken);
            IsBehind = page.IsRefused;
            if (page.IsRefused)
                return default;
            reset = ResetOf(page.Value, after);
            end = page.Value.Last < after ? page.Value.Last : null;
            events = reset is { } lower && lower < after ? [] : page.Value.Events;
        }

#if PLANTED_BUGS
        if (PlantedBugs.Is("skipped_event") && after == _start && after > 0 && events.Length > 1)
            events = events[1..];
#endif
        if (events.Length > max)
            events = events[..max];
        if (isGap)
            events = TakeGap(events);
        else if (events.Length > 0 || reset is not null)
            Cursor = events.Length > 0 ? events[^1].Seq : reset!.Value;
        if (Cursor < _start)
            _start = Cursor;
        return new WatchBatch(events, reset, end);
    }

    /// <summary>The next piece of a running turn's text; null when it has all, or when events before it are not here yet.</summary>
    public Delta? NextDelta(string? turn = null) => Cursor < Agent.Target ? null : Agent.NextDelta(_places, turn);

    /// <summary>How far it is in the text of a turn.</summary>
    public TurnPlace PlaceIn(string turn) => _places.Find(place => place.Turn == turn);

    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        hub.Leave(this);
    }

    private void Begin(long after) => (Cursor, _start, _gapAfter, _gapTo) = (after, after, 0, 0);

    // Trimmed, or beyond the end of the log: an agent that was erased counts from 1 again, and all of that is news.
    private static long? ResetOf(WatchedPage page, long after) => page.Last < after || page.First > after + 1 ? page.First - 1 : null;

    private WatchedEvent[] TakeGap(WatchedEvent[] events)
    {
        var due = Array.FindAll(events, next => next.Seq <= _gapTo);
        // An answer without events says that there is nothing more before the end of the gap.
        _gapAfter = due.Length > 0 ? due[^1].Seq : _gapTo;
        return due;
    }
}

/// <summary>What a watcher gets at a time.</summary>
/// <param name="Events">By rising seq.</param>
/// <param name="Reset">Before them: what the watcher asked for is not there, and it goes on after this number; null: nothing is missing.</param>
/// <param name="End">The end of the log, when the watcher was beyond it; else null.</param>
internal readonly record struct WatchBatch(WatchedEvent[]? Events, long? Reset, long? End)
{
    /// <summary>True when there is nothing to send.</summary>
    public bool IsEmpty => Events is null or [] && Reset is null;
}
