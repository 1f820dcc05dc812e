namespace AgentMesh.Sidecar.Actors;

/// <summary>
/// One actor's turn: first in, first out, one at a time. A waiting caller may leave; nobody is let in past a closed lock.
/// No timeout of its own, as in daprd: a caller that no longer wants to wait cancels.
/// </summary>
internal sealed class TurnLock
{
    private readonly Lock _gate = new();
    private LinkedList<TaskCompletionSource<bool>>? _waiting;
    private bool _taken;
    private bool _closed;

    /// <summary>
    /// Waits for the turn. True: the caller has it and must call <see cref="Exit"/>. False: the lock was closed (the actor was
    /// deactivated) and the caller has to look for a fresh one.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller left while waiting.</exception>
    public ValueTask<bool> EnterAsync(CancellationToken cancellationToken)
    {
        LinkedListNode<TaskCompletionSource<bool>> node;
        lock (_gate)
        {
            if (_closed)
                return ValueTask.FromResult(false);
            if (!_taken)
            {
                _taken = true;
                return ValueTask.FromResult(true);
            }

            cancellationToken.ThrowIfCancellationRequested();
            node = (_waiting ??= new()).AddLast(new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        return new ValueTask<bool>(WaitAsync(node, cancellationToken));
    }

    /// <summary>Takes the turn only if nobody has it or waits for it.</summary>
    public bool TryEnterIdle()
    {
        lock (_gate)
        {
            if (_closed || _taken)
                return false;
            return _taken = true;
        }
    }

    /// <summary>Ends the caller's turn and starts the next one's.</summary>
    public void Exit()
    {
        lock (_gate)
        {
            while (_waiting?.First is { } next)
            {
                _waiting.RemoveFirst();
                // False when that caller has just cancelled: then it is not let in and the next one is.
                if (next.Value.TrySetResult(true))
                    return;
            }

            _taken = false;
        }
    }

    /// <summary>Called by the holder of the turn, in place of <see cref="Exit"/>: everyone waiting is told to look elsewhere.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            while (_waiting?.First is { } next)
            {
                _waiting.RemoveFirst();
                next.Value.TrySetResult(false);
            }
        }
    }

    private async Task<bool> WaitAsync(LinkedListNode<TaskCompletionSource<bool>> node, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource<bool>)state!).TrySetCanceled(token), node.Value);
        try
        {
            return await node.Value.Task;
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                if (node.List is not null)
                    _waiting!.Remove(node);
            }

            throw;
        }
    }
}
