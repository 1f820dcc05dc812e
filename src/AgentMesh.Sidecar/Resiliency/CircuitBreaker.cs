namespace AgentMesh.Sidecar.Resiliency;

/// <summary>
/// daprd's circuit breaker. Not Polly's: that one goes by the share of failures in a window, Dapr's by counts and an expression
/// over them.
/// </summary>
internal sealed class CircuitBreaker(BreakerPolicy policy, TimeProvider timeProvider, Action<string>? changed = null)
{
    private const int DefaultConsecutiveFailures = 5;

    private readonly Lock _gate = new();
    private State _state = State.Closed;
    private long _since = timeProvider.GetTimestamp();
    private int _generation;
    private Counts _counts;

    private enum State
    {
        Closed,
        Open,
        HalfOpen,
    }

    /// <summary>The counters a trip expression may use.</summary>
    public static IReadOnlyList<string> Variables { get; } = ["requests", "totalSuccesses", "totalFailures", "consecutiveSuccesses", "consecutiveFailures"];

    /// <summary>In daprd's word.</summary>
    public string StateName
    {
        get
        {
            lock (_gate)
            {
                Refresh();
                return Word(_state);
            }
        }
    }

    /// <summary>False: the call is not to be made. Else it has to be reported with the number given here.</summary>
    public bool TryEnter(out int generation)
    {
        lock (_gate)
        {
            Refresh();
            generation = _generation;
            if (_state == State.Open || (_state == State.HalfOpen && _counts.Requests >= policy.MaxRequests))
                return false;
            _counts = _counts with { Requests = _counts.Requests + 1 };
            return true;
        }
    }

    /// <summary>Reports a call that was let in.</summary>
    public void Report(int generation, bool succeeded)
    {
        lock (_gate)
        {
            Refresh();
            // A call from before the last change says nothing about now.
            if (generation != _generation)
                return;
            _counts = _counts.After(succeeded);
            if (_state == State.HalfOpen && _counts.ConsecutiveSuccesses >= policy.MaxRequests)
                Change(State.Closed);
            else if (!succeeded && (_state == State.HalfOpen || Trips()))
                Change(State.Open);
        }
    }

    private static string Word(State state) => state switch { State.Open => "open", State.HalfOpen => "half-open", _ => "closed" };

    private bool Trips() => policy.Trip is null
        ? _counts.ConsecutiveFailures > DefaultConsecutiveFailures
        : policy.Trip.Evaluate(name => _counts[name]) ?? false;

    private void Refresh()
    {
        var elapsed = timeProvider.GetElapsedTime(_since);
        if (_state == State.Open && elapsed >= policy.Timeout)
            Change(State.HalfOpen);
        else if (_state == State.Closed && policy.Interval > TimeSpan.Zero && elapsed >= policy.Interval)
            Change(State.Closed);
    }

    private void Change(State state)
    {
        if (state != _state)
            changed?.Invoke(Word(state));
        (_state, _since, _counts) = (state, timeProvider.GetTimestamp(), default);
        _generation++;
    }

    /// <summary>Since the last change of state.</summary>
    private readonly record struct Counts(int Requests, int Successes, int Failures, int ConsecutiveSuccesses, int ConsecutiveFailures)
    {
        /// <summary>As <see cref="Variables"/> name them; a number of CEL.</summary>
        public double this[string name] => name switch
        {
            "requests" => Requests,
            "totalSuccesses" => Successes,
            "totalFailures" => Failures,
            "consecutiveSuccesses" => ConsecutiveSuccesses,
            _ => ConsecutiveFailures,
        };

        public Counts After(bool success) => success
            ? new(Requests, Successes + 1, Failures, ConsecutiveSuccesses + 1, 0)
            : new(Requests, Successes, Failures + 1, 0, ConsecutiveFailures + 1);
    }
}
