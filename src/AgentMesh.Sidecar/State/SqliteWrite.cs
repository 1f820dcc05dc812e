namespace AgentMesh.Sidecar.State;

/// <summary>
/// One transaction on its way to the writer, and the task its caller awaits (one object for both: there is one for each write).
/// State, reminders and published events all go this way, so that one fsync serves them together.
/// </summary>
internal sealed class SqliteWrite : TaskCompletionSource
{
    private const int Queued = 0;
    private const int Taken = 1;
    private const int Withdrawn = 2;

    private readonly Action<SqliteDatabase> _apply;
    private readonly CancellationTokenRegistration _registration;
    private int _status;

    /// <param name="apply">
    /// Runs the statements, on the writer's thread, inside its transaction. May run twice: when a commit fails, each of its writes is
    /// tried alone.
    /// </param>
    /// <param name="bytes">About what it adds to the log; bounds a commit.</param>
    /// <param name="cancellationToken">The caller may withdraw while the write is queued.</param>
    public SqliteWrite(Action<SqliteDatabase> apply, long bytes, CancellationToken cancellationToken)
        : base(TaskCreationOptions.RunContinuationsAsynchronously) // a caller's code never runs on the writer's thread
    {
        (_apply, Bytes) = (apply, bytes);
        if (cancellationToken.CanBeCanceled)
            _registration = cancellationToken.UnsafeRegister(static (write, token) => ((SqliteWrite)write!).Withdraw(token), this);
    }

    public long Bytes { get; }

    public void Apply(SqliteDatabase database) => _apply(database);

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
