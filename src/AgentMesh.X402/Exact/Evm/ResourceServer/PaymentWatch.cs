namespace AgentMesh.X402.Exact.Evm.ResourceServer;

/// <summary>Tells those in this process that wait for a payment that it has come further. A hint: who works on it may be another process.</summary>
public sealed class PaymentWatch
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (TaskCompletionSource Next, int Watchers)> _watched = new(StringComparer.Ordinal);

    /// <summary>Payments that are waited for.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _watched.Count;
        }
    }

    /// <summary>Begins to watch. What changes from now on ends the task of the next <see cref="Watcher.Next"/>.</summary>
    public Watcher Begin(string paymentId)
    {
        lock (_lock)
        {
            var (next, watchers) = _watched.TryGetValue(paymentId, out var known) ? known : (NewSource(), 0);
            _watched[paymentId] = (next, watchers + 1);
        }

        return new Watcher(this, paymentId);
    }

    /// <summary>A payment has come further.</summary>
    public void Changed(string paymentId)
    {
        TaskCompletionSource? ended = null;
        lock (_lock)
        {
            if (_watched.TryGetValue(paymentId, out var known))
            {
                ended = known.Next;
                _watched[paymentId] = (NewSource(), known.Watchers);
            }
        }

        ended?.SetResult();
    }

    /// <summary>Waits for the next change, or for as long as a change elsewhere may stay unseen.</summary>
    /// <param name="next">The task that was taken before the last look.</param>
    /// <param name="longest">When to look again all the same.</param>
    /// <param name="time">Measures it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task WaitAsync(Task next, TimeSpan longest, TimeProvider time, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(next, Task.Delay(longest, time, over.Token)).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private Task NextOf(string paymentId)
    {
        lock (_lock)
            return _watched[paymentId].Next.Task;
    }

    private void End(string paymentId)
    {
        lock (_lock)
        {
            var (next, watchers) = _watched[paymentId];
            if (watchers == 1)
                _watched.Remove(paymentId);
            else
                _watched[paymentId] = (next, watchers - 1);
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>One that waits. Take <see cref="Next"/> before looking at the payment, or a change in between is missed.</summary>
    public sealed class Watcher(PaymentWatch watch, string paymentId) : IDisposable
    {
        /// <summary>Ends with the next change.</summary>
        public Task Next => watch.NextOf(paymentId);

        /// <inheritdoc/>
        public void Dispose() => watch.End(paymentId);
    }
}
