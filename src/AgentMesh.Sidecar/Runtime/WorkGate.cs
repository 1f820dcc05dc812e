namespace AgentMesh.Sidecar.Runtime;

/// <summary>Counts the work under way (writes, firings) of something that can end, and tells when the last of it is over.</summary>
internal sealed class WorkGate
{
    private readonly Lock _gate = new();
    private int _underWay;
    private bool _closed;
    private TaskCompletionSource? _drained;

    /// <summary>Announces work; false once the gate is closed. After true the caller must call <see cref="End"/>.</summary>
    public bool TryBegin()
    {
        lock (_gate)
        {
            if (_closed)
                return false;
            _underWay++;
            return true;
        }
    }

    public void End()
    {
        lock (_gate)
        {
            if (--_underWay == 0)
                _drained?.TrySetResult();
        }
    }

    /// <summary>Lets no work in any more; completes when the last under way has ended.</summary>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _closed = true;
            if (_underWay == 0)
                return Task.CompletedTask;
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }
}
