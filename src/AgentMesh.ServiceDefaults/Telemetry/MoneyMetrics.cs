using System.Diagnostics.Metrics;

namespace AgentMesh.ServiceDefaults.Telemetry;

/// <summary>Money of agents that has moved.</summary>
public sealed class MoneyMetrics
{
    private readonly KeyValuePair<string, object?> _direction;
    private readonly Counter<long> _money;

    /// <summary>Counts money of a direction.</summary>
    /// <param name="meter">The app's.</param>
    /// <param name="direction"><c>out</c>: agents have spent it; <c>in</c>: they were paid it.</param>
    public MoneyMetrics(Meter meter, string direction)
    {
        ArgumentNullException.ThrowIfNull(meter);
        _direction = new("agentmesh.direction", direction);
        _money = meter.CreateCounter<long>("agentmesh.money", "{atomic_unit}", "Money that was spent or received, in atomic units of its asset.");
    }

    /// <summary>Money has moved.</summary>
    /// <param name="asset">Of what: a token as CAIP-19, or <c>USD</c> with micro-dollars as its units.</param>
    /// <param name="amount">How much. What no counter can hold is counted as the most that one can.</param>
    public void Moved(string asset, UInt128 amount) => _money.Add((long)UInt128.Min(amount, long.MaxValue), new("agentmesh.asset", asset), _direction);
}
