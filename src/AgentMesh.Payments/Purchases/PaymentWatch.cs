namespace AgentMesh.Payments.Purchases;

/// <summary>Tells the purchases of this process that wait for a payment that it has come further. A hint: its actor may be in another process.</summary>
internal sealed class PaymentWatch
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
    internal sealed class Watcher(PaymentWatch watch, string paymentId) : IDisposable
    {
        public Task Next => watch.NextOf(paymentId);

        public void Dispose() => watch.End(paymentId);
    }
}
