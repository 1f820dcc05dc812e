namespace AgentMesh.Sidecar.Resiliency;

/// <summary>
/// daprd's circuit breaker. Not Polly's: that one goes by the share of failures in a window, Dapr's by counts and an expression
/// over them.
/// </summary>
internal sealed class CircuitBreaker(BreakerPolicy policy, TimeProvider timeProvider)
{
    private const int DefaultConsecutiveFailures = 5;

    private readonly Lock _gate = new();
    private State _state = State.Closed;
    private long _since = timeProvider.GetTimestamp();
    private int _generation;
    private int _requests;
    private int _successes;
    private int _failures;
    private int _consecutiveSuccesses;
    private int _consecutiveFailures;

    private enum State
    {
        Closed,
        Open,
        HalfOpen,
    }

    /// <summary>The counters a trip expression may use.</summary>
    public static IReadOnlyList<string> Variables { get; } = ["requests", "totalSuccesses", "totalFailures", "consecutiveSuccesses", "consecutiveFailures"];

    /// <summary>False: the call is not to be made. Else it has to be reported with the number given here.</summary>
    public bool TryEnter(out int generation)
    {
        lock (_gate)
        {
            Refresh();
            generation = _generation;
            if (_state == State.Open || (_state == State.HalfOpen && _requests >= policy.MaxRequests))
                return false;
            _requests++;
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
            if (succeeded)
                Succeed();
            else
                Fail();
        }
    }

    private void Succeed()
    {
        (_successes, _consecutiveSuccesses, _consecutiveFailures) = (_successes + 1, _consecutiveSuccesses + 1, 0);
        if (_state == State.HalfOpen && _consecutiveSuccesses >= policy.MaxRequests)
            Change(State.Closed);
    }

    private void Fail()
    {
        (_failures, _consecutiveFailures, _consecutiveSuccesses) = (_failures + 1, _consecutiveFailures + 1, 0);
        if (_state == State.HalfOpen || Trips())
            Change(State.Open);
    }

    private bool Trips() => policy.Trip is null
        ? _consecutiveFailures > DefaultConsecutiveFailures
        : policy.Trip.Evaluate(name => (double)(name switch
        {
            "requests" => _requests,
            "totalSuccesses" => _successes,
            "totalFailures" => _failures,
            "consecutiveSuccesses" => _consecutiveSuccesses,
            _ => _consecutiveFailures,
        })) ?? false;

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
        _state = state;
        _since = timeProvider.GetTimestamp();
        _generation++;
        _requests = _successes = _failures = _consecutiveSuccesses = _consecutiveFailures = 0;
    }
}
