namespace AgentMesh.Sidecar.State;

/// <summary>
/// One transaction on its way to the writer, and the task its caller awaits (one object for both: there is one for each write).
/// State, reminders and published events all go this way, so that one fsync serves them together.
/// </summary>
internal abstract class SqliteWrite : TaskCompletionSource
{
    private const int Queued = 0;
    private const int Taken = 1;
    private const int Withdrawn = 2;

    private readonly CancellationTokenRegistration _registration;
    private int _status;

    /// <param name="cancellationToken">The caller may withdraw while the write is queued.</param>
    protected SqliteWrite(CancellationToken cancellationToken)
        : base(TaskCreationOptions.RunContinuationsAsynchronously) // a caller's code never runs on the writer's thread
    {
        if (cancellationToken.CanBeCanceled)
            _registration = cancellationToken.UnsafeRegister(static (write, token) => ((SqliteWrite)write!).Withdraw(token), this);
    }

    /// <summary>About what it adds to the log; bounds a commit.</summary>
    public abstract long Bytes { get; }

    /// <summary>
    /// Runs the statements, on the writer's thread, inside its transaction. May run twice: when a commit fails, each of its writes is
    /// tried alone.
    /// </summary>
    public abstract void Apply(SqliteDatabase database);

    /// <summary>False when the caller withdrew it; after true it can no longer be withdrawn.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _status, Taken, Queued) == Queued;

    /// <summary>Why <see cref="Apply"/> changed nothing, for the caller alone; null when it did. The commit goes on either way.</summary>
    protected virtual Exception? Refusal => null;

    public void Complete()
    {
        _registration.Dispose();
        if (Refusal is { } refusal)
            TrySetException(refusal);
        else
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
