using System.Threading.Channels;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Watching;

/// <summary>
/// What the gateway knows of an agent that somebody watches: how far its log has come, its newest events, and the text of its running
/// turns. Watchers pull from it; nothing is queued for them. It is there from the first watcher to the last.
/// </summary>
internal sealed partial class WatchedAgent(AgentKey key, AgentCalls calls, WatchOptions options, TimeProvider timeProvider, ChannelWriter<WatchedAgent> due)
{
    private const long Unknown = -1;

    // Pages of one catching up; what is left then waits for the next announcement or check.
    private const int MaxPages = 64;

    // After the hub's lock, when both are held. Nothing is called under it that takes another.
    private readonly Lock _lock = new();
    private readonly RecentEvents _recent = new(options.RecentEvents, options.RecentBytes);
    private readonly List<Watcher> _watchers = [];
    private readonly WatchedTurns _turns = new(options.RunningTextLength);
    private Dictionary<long, Task<Result<WatchedPage>>>? _reads;
    private long _last = Unknown;
    private long _target;
    private bool _isQueued;
    private bool _needsText;
    private int _expecting;
    private long _nextCheck;
    private TimeSpan _checkDelay = options.CheckInterval;

    public AgentKey Key { get; } = key;

    /// <summary>False until the first page was read.</summary>
    public bool IsKnown => Volatile.Read(ref _last) != Unknown;

    /// <summary>Watchers that count as sockets. The hub's lock guards it.</summary>
    public int Sockets { get; set; }

    /// <summary>How far the log is said to have come: deltas wait until what is before them has been sent.</summary>
    public long Target => Volatile.Read(ref _target);

    public void Add(Watcher watcher)
    {
        lock (_lock)
        {
            watcher.Index = _watchers.Count;
            _watchers.Add(watcher);
        }
    }

    /// <summary>Takes a watcher out; true when it was the last one.</summary>
    public bool Remove(Watcher watcher)
    {
        lock (_lock)
        {
            // The last one takes its place: there may be thousands.
            var last = _watchers[^1];
            _watchers[watcher.Index] = last;
            last.Index = watcher.Index;
            _watchers.RemoveAt(_watchers.Count - 1);
            return _watchers.Count == 0;
        }
    }

    /// <summary>The log has come to this number, somebody says; it is read when that is news.</summary>
    public void Announce(long seq)
    {
        lock (_lock)
        {
            // Erased: its numbers begin anew, and whoever watches is told.
            if (seq == 0 && _last > 0)
            {
                Restart(0);
                Wake();
            }

            if (seq <= _target)
                return;
            _target = seq;
            EnqueueIfBehind();
        }
    }

    /// <summary>A piece of a running turn's text.</summary>
    public void Take(TurnDelta delta)
    {
        lock (_lock)
        {
            if (_turns.TryAdd(delta))
            {
                CheckSoon();
                Wake();
                return;
            }

            _needsText = true;
            EnqueueIfBehind();
        }
    }

    /// <summary>Somebody waits for the end of a turn, which an announcement may never tell.</summary>
    public void Expect(string turn)
    {
        lock (_lock)
        {
            _turns.Expect(turn);
            CheckSoon();
        }
    }

    /// <summary>Somebody waits for an event that belongs to no turn, and that an announcement may never tell. Dispose the value at the end of the wait.</summary>
    public IDisposable ExpectEvents()
    {
        lock (_lock)
        {
            _expecting++;
            CheckSoon();
        }

        return new Expectation(this);
    }

    /// <summary>The turn waits until there is budget: its end is not to be expected until an event says that it goes on.</summary>
    public void Pause(string turn)
    {
        lock (_lock)
            _turns.Pause(turn);
    }

    /// <summary>A message went through this gateway: its events need not be read when they are the next ones.</summary>
    public void Posted(PostMessage message, PostedMessage posted)
    {
        lock (_lock)
        {
            var isNext = _last != Unknown && posted.UserSeq == _last + 1 && (posted.IsPending || posted.Seq == posted.UserSeq + 1);
            if (isNext && message.Content is { } content)
            {
                Append(WatchedEvent.Message(posted.UserSeq, posted.UserAt, posted, WatchedEvent.User, content));
                if (posted is { IsPending: false, Response: { } response })
                    Append(WatchedEvent.Message(posted.Seq, posted.At, posted, WatchedEvent.Assistant, response));
                Wake();
                return;
            }

            _target = Math.Max(_target, Math.Max(posted.Seq, posted.UserSeq));
            EnqueueIfBehind();
        }
    }

    /// <summary>Events after a number; empty when there are none, null when the agent has to be asked.</summary>
    public WatchedEvent[]? Recent(long after)
    {
        lock (_lock)
            return after == _last ? [] : _recent.After(after, options.PageEvents);
    }

    /// <summary>The next piece of text for a watcher; null when it has all.</summary>
    /// <param name="places">How far it is in each turn; changed.</param>
    /// <param name="turn">Only of this turn; null: of all.</param>
    public Delta? NextDelta(List<TurnPlace> places, string? turn)
    {
        lock (_lock)
            return _turns.Next(places, turn);
    }

    /// <summary>Asks the agent again when something is expected of it, or when its log was not read as far as announced, and nothing was heard for long enough.</summary>
    public void Check(long now)
    {
        lock (_lock)
        {
            if (_isQueued || _last == Unknown || !_turns.AnyOpen && _expecting == 0 && _last >= _target)
                return;
            if (now < _nextCheck)
                return;
            _checkDelay = TimeSpan.FromTicks(Math.Min(_checkDelay.Ticks * 2, options.MaxCheckInterval.Ticks));
            _nextCheck = now + Ticks(_checkDelay);
            _needsText = true;
            EnqueueIfBehind();
        }
    }

    // Spread by the agent's name, so that those of one announcement are not asked again in one moment.
    private long Ticks(TimeSpan delay) =>
        (long)(delay.TotalSeconds * timeProvider.TimestampFrequency * (1 + ((uint)Key.GetHashCode() % 256 / 1024.0)));

    private void EnqueueIfBehind()
    {
        if (_isQueued || _last == Unknown || _last >= _target && !_needsText)
            return;
        _isQueued = true;
        due.TryWrite(this);
    }

    private void Append(WatchedEvent next)
    {
        _recent.Append(next);
        _turns.Take(next);
        Volatile.Write(ref _last, next.Seq);
        _target = Math.Max(_target, next.Seq);
        CheckSoon();
    }

    private void CheckSoon()
    {
        _checkDelay = options.CheckInterval;
        _nextCheck = timeProvider.GetTimestamp() + Ticks(_checkDelay);
    }

    private void Wake(bool onlyBehind = false)
    {
        foreach (var watcher in _watchers)
        {
            if (!onlyBehind || watcher.IsBehind)
                watcher.Wake();
        }
    }

    private sealed class Expectation(WatchedAgent agent) : IDisposable
    {
        private bool _isOver;

        public void Dispose()
        {
            lock (agent._lock)
            {
                if (!_isOver)
                    agent._expecting--;
                _isOver = true;
            }
        }
    }
}
