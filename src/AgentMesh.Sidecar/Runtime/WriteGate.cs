namespace AgentMesh.Sidecar.Runtime;

/// <summary>Counts the writes under way of something that can end, and tells when the last one is over.</summary>
internal sealed class WriteGate
{
    private readonly Lock _gate = new();
    private int _writes;
    private bool _closed;
    private TaskCompletionSource? _drained;

    /// <summary>Announces a write; false once the gate is closed. After true the caller must call <see cref="End"/>.</summary>
    public bool TryBegin()
    {
        lock (_gate)
        {
            if (_closed)
                return false;
            _writes++;
            return true;
        }
    }

    public void End()
    {
        lock (_gate)
        {
            if (--_writes == 0)
                _drained?.TrySetResult();
        }
    }

    /// <summary>Lets no write in any more; completes when the last one under way has ended.</summary>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _closed = true;
            if (_writes == 0)
                return Task.CompletedTask;
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }
}
