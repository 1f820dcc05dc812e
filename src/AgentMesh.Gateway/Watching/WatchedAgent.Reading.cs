using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Watching;

/// <summary>How the log is read: one call for all who ask for the same, and what it brings is for everybody.</summary>
internal sealed partial class WatchedAgent
{
    /// <summary>Reads a page. Those who ask for the same page at a time share the call.</summary>
    /// <param name="after">Events with a greater seq.</param>
    /// <param name="cancellationToken">Ends the wait; the call goes on for the others.</param>
    public Task<Result<WatchedPage>> ReadAsync(long after, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _reads ??= [];
            if (!_reads.TryGetValue(after, out var read))
                _reads[after] = read = ReadOnceAsync(after, _target);
            return read.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Reads until nothing announced is missing.</summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        var isRefused = false;
        for (var page = 0; page < MaxPages && !isRefused; page++)
        {
            long after;
            lock (_lock)
            {
                if (page > 0 && _last >= _target && !_needsText)
                    break;
                after = _last;
                _needsText = false;
            }

            isRefused = (await ReadAsync(after, cancellationToken)).IsRefused;
        }

        lock (_lock)
        {
            _isQueued = false;
            // An agent that cannot be read is asked again by the next check.
            if (!isRefused)
                EnqueueIfBehind();
        }
    }

    private async Task<Result<WatchedPage>> ReadOnceAsync(long after, long announced)
    {
        // The caller holds the lock and has not yet put this task where it is found.
        await Task.Yield();
        try
        {
            // Not one caller's token: several wait. AgentCalls bounds the time.
            var result = await calls.ReadEventsAsync(Key, new ReadEvents(after, options.PageEvents), CancellationToken.None);
            if (result.IsRefused)
                return result.Refusal;
            var events = Array.ConvertAll([.. result.Value.Events], value => new WatchedEvent(value));
            lock (_lock)
                Apply(after, announced, result.Value, events);
            return new WatchedPage(events, result.Value.First, result.Value.Last);
        }
        finally
        {
            lock (_lock)
            {
                _reads!.Remove(after);
                // Thousands of idle agents need none.
                if (_reads.Count == 0)
                    _reads = null;
            }
        }
    }

    private void Apply(long after, long announced, EventPage page, WatchedEvent[] events)
    {
        var (last, target) = (_last, _target);
        if (_last == Unknown)
            Begin(after, page);
        else if (page.Last < after && after <= _last)
            Restart(page.Last);
        // Behind what is trimmed there is nothing to follow on.
        if (page.First > _last + 1 && after <= _last)
            Restart(page.First - 1);
        foreach (var next in events)
        {
            if (next.Seq == _last + 1)
                Append(next);
            else if (next.EndedTurn is { } ended)
                _turns.End(ended);
        }

        if (page.Last > _target)
            _target = page.Last;
        else if (page.Last < announced && _target == announced)
            // The agent itself does not know of what was announced.
            _target = _last;
        var hasText = _turns.Take(page.Running);
        EnqueueIfBehind();
        // Not for nothing: a watcher that is ahead of what is known here reads at each wake, and this is what its reading ends with.
        Wake(onlyBehind: !hasText && _last == last && _target == target);
    }

    /// <summary>The agent says that its log is empty: then no turn runs either, and there is nothing to read.</summary>
    public void BeginEmpty()
    {
        lock (_lock)
        {
            if (_last != Unknown)
                return;
            Volatile.Write(ref _last, 0);
            EnqueueIfBehind();
        }
    }

    // A page that does not reach the end of the log is one watcher's past: to know the agent is to know its newest events.
    private void Begin(long after, EventPage page)
    {
        var isWhole = page.Last <= after || page.Events is [.., { } newest] && newest.Seq == page.Last;
        Volatile.Write(ref _last, isWhole ? Math.Min(page.Last, Math.Max(after, page.First - 1)) : page.Last);
    }

    // The log was trimmed beyond what was known, or the agent was erased and began anew.
    private void Restart(long last)
    {
        _recent.Clear();
        _turns.Clear();
        Volatile.Write(ref _last, last);
        _target = last;
    }
}

/// <summary>A part of a log.</summary>
/// <param name="Events">By rising seq.</param>
/// <param name="First">The oldest seq that can still be read.</param>
/// <param name="Last">The seq of the last event.</param>
internal sealed record WatchedPage(WatchedEvent[] Events, long First, long Last);
