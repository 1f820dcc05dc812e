using System.Threading.Tasks.Sources;

namespace AgentMesh.Gateway.Watching;

/// <summary>
/// Wakes the one who waits; a wake that comes while nobody waits is kept. One object for the life of a watcher: thousands of them wait
/// all the time, and a task, a timer or a queue for each would be most of what an idle socket costs.
/// </summary>
internal sealed class WakeSignal : IValueTaskSource
{
    private const int Quiet = 0;
    private const int Awaited = 1;
    private const int Woken = 2;

    // Asynchronously: the one who wakes holds locks, and wakes a thousand watchers in a row.
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private int _state;

    /// <summary>Wakes the waiter, or the next one to wait.</summary>
    public void Wake()
    {
        if (Interlocked.CompareExchange(ref _state, Woken, Quiet) == Quiet)
            return;
        // Awaited: the waiter cannot come back before the result is set, so the state is ours. Woken: it stays so.
        if (Interlocked.CompareExchange(ref _state, Quiet, Awaited) == Awaited)
            _core.SetResult(true);
    }

    /// <summary>Completes at the next wake; at once when there was one since the last wait. One waiter at a time.</summary>
    public ValueTask WaitAsync()
    {
        _core.Reset();
        if (Interlocked.CompareExchange(ref _state, Awaited, Quiet) == Quiet)
            return new ValueTask(this, _core.Version);
        Volatile.Write(ref _state, Quiet);
        return ValueTask.CompletedTask;
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
