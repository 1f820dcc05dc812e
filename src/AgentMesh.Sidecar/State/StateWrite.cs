namespace AgentMesh.Sidecar.State;

/// <summary>
/// One transaction on its way to the writer, and the task its caller awaits (one object for both: there is one for each write).
/// </summary>
internal sealed class StateWrite : TaskCompletionSource
{
    private const int Queued = 0;
    private const int Taken = 1;
    private const int Withdrawn = 2;

    private readonly CancellationTokenRegistration _registration;
    private int _status;

    public StateWrite(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
        : base(TaskCreationOptions.RunContinuationsAsynchronously) // a caller's code never runs on the writer's thread
    {
        Operations = operations;
        for (var i = 0; i < operations.Count; i++)
        {
            var (key, value) = operations[i];
            ArgumentException.ThrowIfNullOrEmpty(key, nameof(operations));
            Bytes += key.Length + (value?.Length ?? 0);
        }

        if (cancellationToken.CanBeCanceled)
            _registration = cancellationToken.UnsafeRegister(static (write, token) => ((StateWrite)write!).Withdraw(token), this);
    }

    public IReadOnlyList<StateOperation> Operations { get; }

    /// <summary>Of all keys and values, about: a key counts its characters.</summary>
    public long Bytes { get; }

    /// <summary>False when the caller withdrew it; after true it can no longer be withdrawn.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _status, Taken, Queued) == Queued;

    public void Complete()
    {
        _registration.Dispose();
        TrySetResult();
    }

    /// <summary>Each caller gets an exception of its own: awaiting writes into it.</summary>
    public void Fail(Exception cause)
    {
        _registration.Dispose();
        TrySetException(new StateStoreException($"The state was not written: {cause.Message}", cause));
    }

    private void Withdraw(CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _status, Withdrawn, Queued) == Queued)
            TrySetCanceled(cancellationToken);
    }
}
