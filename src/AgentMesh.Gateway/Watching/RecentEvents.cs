namespace AgentMesh.Gateway.Watching;

/// <summary>The newest events of an agent, without gaps; the oldest go when there are too many. Its owner locks.</summary>
internal sealed class RecentEvents(int maxEvents, int maxBytes)
{
    // A list and not a ring of its own: to move so few references costs less than to think about wrapping.
    private List<WatchedEvent>? _events;
    private int _bytes;

    /// <summary>Adds the next event.</summary>
    public void Append(WatchedEvent next)
    {
        _events ??= [];
        _events.Add(next);
        _bytes += next.Bytes;
        var gone = 0;
        // The newest one stays, whatever its size: every watcher waits for it.
        while (gone < _events.Count - 1 && (_events.Count - gone > maxEvents || _bytes > maxBytes))
            _bytes -= _events[gone++].Bytes;
        _events.RemoveRange(0, gone);
    }

    /// <summary>Those after a number, at most so many; null when the next one is not here.</summary>
    public WatchedEvent[]? After(long seq, int max)
    {
        if (_events is not { Count: > 0 } events || seq + 1 < events[0].Seq)
            return null;
        var from = (int)(seq + 1 - events[0].Seq);
        return from >= events.Count ? null : [.. events.GetRange(from, Math.Min(max, events.Count - from))];
    }

    /// <summary>Forgets all: what comes next does not follow on.</summary>
    public void Clear()
    {
        _events = null;
        _bytes = 0;
    }
}
