namespace AgentMesh.Sidecar.Actors;

/// <summary>How asking for a turn ended.</summary>
internal enum TurnEntry
{
    /// <summary>The caller has the turn, alone or with calls of the same id, and must call <see cref="TurnLock.Exit"/>.</summary>
    Entered,

    /// <summary>The actor was deactivated; the caller has to look for a fresh one.</summary>
    Closed,

    /// <summary>Too many calls of one id inside each other.</summary>
    TooDeep,
}

/// <summary>
/// One actor's turn: first in, first out, one at a time; a call with the reentrancy id of a running or waiting one joins that
/// (dapr:pkg/actors/targets/app/lock/lock.go). A waiting caller may leave; nobody is let in past a closed lock.
/// No timeout of its own, as in daprd: a caller that no longer wants to wait cancels.
/// </summary>
internal sealed class TurnLock
{
    private readonly Lock _gate = new();
    private LinkedList<Flight>? _waiting;
    private string? _runningId;
    private int _running; // calls in the running turn; 0: free
    private bool _closed;

    /// <summary>Waits for a turn of its own.</summary>
    /// <returns>False: the lock was closed.</returns>
    /// <exception cref="OperationCanceledException">The caller left while waiting.</exception>
    public async ValueTask<bool> EnterAsync(CancellationToken cancellationToken) =>
        await EnterAsync(null, 0, cancellationToken) == TurnEntry.Entered;

    /// <summary>Waits for the turn.</summary>
    /// <param name="reentrancyId">Calls with the same id share a turn; null: never shared.</param>
    /// <param name="maxDepth">Calls that may share one.</param>
    /// <param name="cancellationToken">The caller left.</param>
    /// <exception cref="OperationCanceledException">The caller left while waiting.</exception>
    public ValueTask<TurnEntry> EnterAsync(string? reentrancyId, int maxDepth, CancellationToken cancellationToken)
    {
        Flight? flight = null;
        lock (_gate)
        {
            if (_closed)
                return ValueTask.FromResult(TurnEntry.Closed);
            if (_running == 0)
            {
                (_running, _runningId) = (1, reentrancyId);
                return ValueTask.FromResult(TurnEntry.Entered);
            }

            if (reentrancyId is not null)
            {
                if (reentrancyId == _runningId)
                {
                    if (_running >= maxDepth)
                        return ValueTask.FromResult(TurnEntry.TooDeep);
                    _running++;
                    return ValueTask.FromResult(TurnEntry.Entered);
                }

                flight = _waiting?.FirstOrDefault(other => other.Id == reentrancyId);
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (flight is null)
                (_waiting ??= new()).AddLast(flight = new Flight(reentrancyId));
            else if (flight.Calls >= maxDepth)
                return ValueTask.FromResult(TurnEntry.TooDeep);
            flight.Calls++;
        }

        return new ValueTask<TurnEntry>(WaitAsync(flight, cancellationToken));
    }

    /// <summary>Takes the turn only if nobody has it or waits for it.</summary>
    public bool TryEnterIdle()
    {
        lock (_gate)
        {
            if (_closed || _running > 0)
                return false;
            (_running, _runningId) = (1, null);
            return true;
        }
    }

    /// <summary>Ends the caller's part of the turn, and with the last part starts the next turn.</summary>
    public void Exit()
    {
        lock (_gate)
        {
            if (--_running == 0)
                StartNext();
        }
    }

    /// <summary>Called by the only holder of the turn, in place of <see cref="Exit"/>: everyone waiting is told to look elsewhere.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            while (_waiting?.First is { } next)
            {
                _waiting.RemoveFirst();
                next.Value.Started.SetResult(false);
            }
        }
    }

    private void StartNext()
    {
        _runningId = null;
        if (_waiting?.First is not { } next)
            return;
        _waiting.RemoveFirst();
        (_running, _runningId) = (next.Value.Calls, next.Value.Id);
        next.Value.Started.SetResult(true);
    }

    private async Task<TurnEntry> WaitAsync(Flight flight, CancellationToken cancellationToken)
    {
        try
        {
            return await flight.Started.Task.WaitAsync(cancellationToken) ? TurnEntry.Entered : TurnEntry.Closed;
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                // Left and let in at the same moment: it has the turn and gives it back.
                if (flight.Started.Task.IsCompleted)
                {
                    if (!_closed && --_running == 0)
                        StartNext();
                }
                else if (--flight.Calls == 0)
                {
                    _waiting!.Remove(flight);
                }
            }

            throw;
        }
    }

    /// <summary>A turn that waits, and the calls that will share it.</summary>
    private sealed class Flight(string? id)
    {
        public string? Id { get; } = id;

        public TaskCompletionSource<bool> Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Calls { get; set; }
    }
}
