namespace AgentMesh.CrashKit.Histories;

/// <summary>All requests of a run and what came of them, and what was broken meanwhile. For any number of threads.</summary>
/// <param name="time">Its timestamps only rise.</param>
public sealed class History(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<Operation> _operations = [];
    private readonly List<Reading> _readings = [];
    private readonly List<Accident> _accidents = [];
    private readonly long _begun = time.GetTimestamp();
    private int _acknowledged;
    private int _unknown;

    /// <summary>Since the begin of the run.</summary>
    public TimeSpan Now => time.GetElapsedTime(_begun);

    /// <summary>Requests that were acknowledged so far.</summary>
    public int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Requests whose outcome is not known, so far.</summary>
    public int Unknown => Volatile.Read(ref _unknown);

    /// <summary>The requests in the order of their begins. One that has no outcome yet is unknown until now.</summary>
    public IReadOnlyList<Operation> Operations
    {
        get
        {
            lock (_lock)
                return [.. _operations.Select(operation => operation.End < operation.Start ? operation with { End = Now } : operation)];
        }
    }

    /// <summary>What was read back, in the order in which it was there.</summary>
    public IReadOnlyList<Reading> Readings
    {
        get
        {
            lock (_lock)
                return [.. _readings];
        }
    }

    /// <summary>What was broken, in order.</summary>
    public IReadOnlyList<Accident> Accidents
    {
        get
        {
            lock (_lock)
                return [.. _accidents];
        }
    }

    /// <summary>A request is sent. Until <see cref="End"/> it counts as unknown: it may be done whenever its client is stopped.</summary>
    /// <returns>Its number.</returns>
    public int Begin(string client, string agent, string action, string content, string? key = null)
    {
        lock (_lock)
        {
            _operations.Add(new Operation(_operations.Count, client, agent, action, content, key, Now, TimeSpan.MinValue, Outcome.Lost));
            return _operations.Count - 1;
        }
    }

    /// <summary>Its outcome is known.</summary>
    /// <param name="number">What <see cref="Begin"/> returned.</param>
    /// <param name="outcome">What is known.</param>
    /// <param name="answer">What the answer said; null: nothing.</param>
    public Operation End(int number, Outcome outcome, IReadOnlyDictionary<string, string>? answer = null)
    {
        lock (_lock)
        {
            var ended = _operations[number] with { End = Now, Outcome = outcome };
            ended = answer is null ? ended : ended with { Answer = answer };
            _operations[number] = ended;
            _acknowledged += outcome.Kind == OutcomeKind.Acknowledged ? 1 : 0;
            _unknown += outcome.Kind == OutcomeKind.Unknown ? 1 : 0;
            return ended;
        }
    }

    /// <summary>A history was read.</summary>
    public void Read(Reading reading)
    {
        lock (_lock)
            _readings.Add(reading);
    }

    /// <summary>Something was broken.</summary>
    /// <param name="what">What, for people.</param>
    public void Break(string what)
    {
        lock (_lock)
            _accidents.Add(new Accident(Now, what));
    }
}

/// <summary>Something that was broken.</summary>
/// <param name="At">When, since the begin of the run.</param>
/// <param name="What">What, for people.</param>
public sealed record Accident(TimeSpan At, string What)
{
    /// <summary>One line of evidence.</summary>
    public override string ToString() => FormattableString.Invariant($"{At.TotalSeconds:0.000} s {What}");
}
