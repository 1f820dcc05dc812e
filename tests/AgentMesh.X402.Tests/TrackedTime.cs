namespace AgentMesh.X402.Tests;

/// <summary>
/// Keeps how long was waited for what, and waits for nothing itself: what is due within <paramref name="elapses"/> is due at once, the rest never. The time
/// of the test's payments.
/// </summary>
internal sealed class TrackedTime(TimeSpan elapses) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<TimeSpan> _waits = [];
    private int _open;

    /// <summary>Every wait that was begun, in order.</summary>
    public IReadOnlyList<TimeSpan> Waits
    {
        get
        {
            lock (_lock)
                return [.. _waits];
        }
    }

    /// <summary>Waits that nobody has given up.</summary>
    public int Open => Volatile.Read(ref _open);

    public override DateTimeOffset GetUtcNow() => TestPayments.Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _open);
        return new Tracked(this, System.CreateTimer(callback, state, Begin(dueTime), Timeout.InfiniteTimeSpan));
    }

    private TimeSpan Begin(TimeSpan wait)
    {
        if (wait == Timeout.InfiniteTimeSpan)
            return wait;
        lock (_lock)
            _waits.Add(wait);
        return wait <= elapses ? TimeSpan.Zero : Timeout.InfiniteTimeSpan;
    }

    private sealed class Tracked(TrackedTime time, ITimer timer) : ITimer
    {
        private int _isDisposed;

        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(time.Begin(dueTime), period);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
                Interlocked.Decrement(ref time._open);
            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
