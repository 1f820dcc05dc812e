using System.Diagnostics.Metrics;
using AgentMesh.Contracts.Agents;
using AgentMesh.ServiceDefaults.Telemetry;

namespace AgentMesh.ActorHost.Agents;

/// <summary>What agents do, counted for all of them together. A method for each event; no id is ever a label (docs/telemetry.md).</summary>
internal sealed class AgentMetrics
{
    private readonly Histogram<double> _turns;
    private readonly Counter<long> _holds;
    private readonly Counter<long> _mail;
    private readonly Counter<long> _quotas;

    public AgentMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create("AgentMesh.Agents");
        Actors = new ActorMetrics(meter, AgentActorType.Name);
        Spent = new MoneyMetrics(meter, "out");
        _turns = meter.CreateHistogram(
            "agentmesh.turn.duration", "s", "Turns, from the message until its answer, or that there is none, is durable.", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] });
        _holds = meter.CreateCounter<long>("agentmesh.holds", "{hold}", "Funds set aside for payments, by what has become of them.");
        _mail = meter.CreateCounter<long>("agentmesh.mail", "{message}", "Messages between agents, by what has become of them.");
        _quotas = meter.CreateCounter<long>("agentmesh.quota.refusals", "{refusal}", "What was refused because its tenant has as much as it may.");
    }

    /// <summary>Agents in memory, and their reminders.</summary>
    public ActorMetrics Actors { get; }

    /// <summary>Money that was spent: for payments, and for the work of models.</summary>
    public MoneyMetrics Spent { get; }

    /// <summary>A turn is over.</summary>
    /// <param name="outcome"><c>completed</c>, or the code of why it has no answer.</param>
    /// <param name="duration">Since its message was taken.</param>
    public void TurnEnded(string outcome, TimeSpan duration) => _turns.Record(Math.Max(0, duration.TotalSeconds), Label("agentmesh.outcome", outcome));

    /// <summary>Funds were set aside for a payment, or something has become of them.</summary>
    public void HoldChanged(string state) => _holds.Add(1, Label("agentmesh.hold.state", state));

    /// <summary>Something has become of a message of or to another agent.</summary>
    public void MailChanged(string status) => _mail.Add(1, Label("agentmesh.mail.status", status));

    /// <summary>Something was refused because of a quota.</summary>
    public void QuotaReached(string code) => _quotas.Add(1, Label("agentmesh.code", code));

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);
}
