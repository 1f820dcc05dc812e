using System.Diagnostics.Metrics;
using System.Globalization;
using AgentMesh.Contracts.Payments;
using AgentMesh.ServiceDefaults.Telemetry;

namespace AgentMesh.Payments.Settlement;

/// <summary>What becomes of payments.</summary>
internal sealed class PaymentMetrics
{
    private readonly Counter<long> _payments;
    private readonly MoneyMetrics _received;

    public PaymentMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create("AgentMesh.Payments");
        Actors = new ActorMetrics(meter, PaymentActorType.Name);
        _received = new MoneyMetrics(meter, "in");
        _payments = meter.CreateCounter<long>("agentmesh.payments", "{payment}", "Payments that agents are paid, by the state that they have come to.");
    }

    /// <summary>Payments in memory, and their reminders.</summary>
    public ActorMetrics Actors { get; }

    /// <summary>A payment has come to a state, and this is stored.</summary>
    public void Came(Payment payment)
    {
        ArgumentNullException.ThrowIfNull(payment);
        Count(PaymentViews.ToState(payment.Status));
        if (payment.Status != PaymentStatus.Settled)
            return;
        var amount = UInt128.TryParse(payment.Terms.AmountAtomic, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : UInt128.MaxValue;
        _received.Moved($"{payment.Terms.Network}/erc20:{payment.Terms.Asset}", amount);
    }

    /// <summary>A payment is not good; nothing of it is stored.</summary>
    public void Refused() => Count("refused");

    private void Count(string state) => _payments.Add(1, new KeyValuePair<string, object?>("agentmesh.payment.state", state));
}
