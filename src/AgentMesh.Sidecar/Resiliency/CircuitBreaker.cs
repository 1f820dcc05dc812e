using Polly;

namespace AgentMesh.Sidecar.Resiliency;

/// <summary>
/// daprd's circuit breaker. Not Polly's: that one goes by the share of failures in a window, Dapr's by counts and an expression
/// over them.
/// </summary>
internal sealed class CircuitBreaker(BreakerPolicy policy, TimeProvider timeProvider, Action<string>? changed = null) : ResilienceStrategy<Attempt>
{
    private const int DefaultConsecutiveFailures = 5;

    // The states, in daprd's words.
    private const string Closed = "closed";
    private const string Open = "open";
    private const string HalfOpen = "half-open";

    private readonly Lock _gate = new();
    private string _state = Closed;
    private long _since = timeProvider.GetTimestamp();
    private int _generation;
    private Counts _counts;

    /// <summary>The counters a trip expression may use.</summary>
    public static IReadOnlyList<string> Variables { get; } = ["requests", "totalSuccesses", "totalFailures", "consecutiveSuccesses", "consecutiveFailures"];

    /// <summary>In daprd's word.</summary>
    public string State
    {
        get
        {
            lock (_gate)
            {
                Refresh();
                return _state;
            }
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask<Outcome<Attempt>> ExecuteCore<TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<Attempt>>> callback, ResilienceContext context, TState state)
    {
        if (!TryEnter(out var generation))
            return Outcome.FromResult(new Attempt(AttemptOutcome.Open));
        var outcome = await callback(context, state);
        Report(generation, outcome.Exception is null && outcome.Result.Succeeded);
        return outcome;
    }

    // False: the call is not to be made. Else it has to be reported with the number given here.
    private bool TryEnter(out int generation)
    {
        lock (_gate)
        {
            Refresh();
            generation = _generation;
            if (_state == Open || (_state == HalfOpen && _counts.Requests >= policy.MaxRequests))
                return false;
            _counts = _counts with { Requests = _counts.Requests + 1 };
            return true;
        }
    }

    private void Report(int generation, bool succeeded)
    {
        lock (_gate)
        {
            Refresh();
            // A call from before the last change says nothing about now.
            if (generation != _generation)
                return;
            _counts = _counts.After(succeeded);
            if (_state == HalfOpen && _counts.ConsecutiveSuccesses >= policy.MaxRequests)
                Change(Closed);
            else if (!succeeded && (_state == HalfOpen || Trips()))
                Change(Open);
        }
    }

    private bool Trips() => policy.Trip is null
        ? _counts.ConsecutiveFailures > DefaultConsecutiveFailures
        : policy.Trip.Evaluate(name => _counts[name]) ?? false;

    private void Refresh()
    {
        var elapsed = timeProvider.GetElapsedTime(_since);
        if (_state == Open && elapsed >= policy.Timeout)
            Change(HalfOpen);
        else if (_state == Closed && policy.Interval > TimeSpan.Zero && elapsed >= policy.Interval)
            Change(Closed);
    }

    private void Change(string state)
    {
        if (state != _state)
            changed?.Invoke(state);
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
