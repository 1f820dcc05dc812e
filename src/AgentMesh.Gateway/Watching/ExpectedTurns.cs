namespace AgentMesh.Gateway.Watching;

/// <summary>
/// The turns of one socket's messages that are not over. What becomes of a turn may come before the reply that says whose it is: what is heard while a
/// message is being posted is kept until then.
/// </summary>
internal sealed class ExpectedTurns
{
    /// <summary>More than an agent works on at a time.</summary>
    private const int MaxTurns = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, string?> _turns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WatchedEvent> _early = new(StringComparer.Ordinal);
    private bool _isPosting;

    /// <summary>A message is being posted; one at a time.</summary>
    public void Begin()
    {
        lock (_lock)
            _isPosting = true;
    }

    /// <summary>It has been, whatever became of it.</summary>
    public void End()
    {
        lock (_lock)
        {
            _isPosting = false;
            _early.Clear();
        }
    }

    /// <summary>The message that is being posted has that turn.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="id">The client's own name of the message; null: it gave none.</param>
    /// <returns>The event that pauses it, when that has come already; null: it has not.</returns>
    public WatchedEvent? Expect(string turn, string? id)
    {
        lock (_lock)
        {
            var early = _early.GetValueOrDefault(turn);
            if (early?.EndedTurn is null && _turns.Count < MaxTurns)
                _turns[turn] = id;
            return early?.PausedTurn is null ? null : early;
        }
    }

    /// <summary>An event was sent to the socket.</summary>
    /// <param name="next">The event.</param>
    /// <param name="id">The client's own name of the message whose turn it pauses.</param>
    /// <returns>True when it pauses a turn of a message of this socket.</returns>
    public bool IsPause(WatchedEvent next, out string? id)
    {
        id = null;
        if ((next.EndedTurn ?? next.PausedTurn ?? next.BegunTurn) is not { } turn)
            return false;
        lock (_lock)
        {
            if (_isPosting)
                _early[turn] = next;
            if (next.EndedTurn is not null)
                _turns.Remove(turn);
            return next.PausedTurn is not null && _turns.TryGetValue(turn, out id);
        }
    }
}
