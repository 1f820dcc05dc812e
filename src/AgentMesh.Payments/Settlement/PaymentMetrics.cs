using System.Diagnostics.Metrics;
using System.Globalization;
using AgentMesh.Contracts.Payments;

namespace AgentMesh.Payments.Settlement;

/// <summary>What becomes of payments.</summary>
internal sealed class PaymentMetrics
{
    private readonly Counter<long> _payments;
    private readonly Counter<long> _money;
    private readonly Counter<long> _reminders;
    private readonly UpDownCounter<long> _active;

    public PaymentMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create("AgentMesh.Payments");
        _payments = meter.CreateCounter<long>("agentmesh.payments", "{payment}", "Payments that agents are paid, by the state that they have come to.");
        _money = meter.CreateCounter<long>("agentmesh.money", "{atomic_unit}", "Money that was spent or received, in atomic units of its asset.");
        _reminders = meter.CreateCounter<long>("agentmesh.reminders.fired", "{reminder}", "Reminders that have come.");
        _active = meter.CreateUpDownCounter<long>("agentmesh.actors.active", "{actor}", "Actors in memory.");
    }

    /// <summary>A payment has come to a state, and this is stored.</summary>
    public void Came(Payment payment)
    {
        ArgumentNullException.ThrowIfNull(payment);
        _payments.Add(1, Label("agentmesh.payment.state", PaymentViews.ToState(payment.Status)));
        if (payment.Status != PaymentStatus.Settled)
            return;
        // What no counter can hold is counted as the most that one can.
        var amount = UInt128.TryParse(payment.Terms.AmountAtomic, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? (long)UInt128.Min(parsed, long.MaxValue) : long.MaxValue;
        _money.Add(amount, Label("agentmesh.asset", $"{payment.Terms.Network}/erc20:{payment.Terms.Asset}"), Label("agentmesh.direction", "in"));
    }

    /// <summary>A payment is not good; nothing of it is stored.</summary>
    public void Refused() => _payments.Add(1, Label("agentmesh.payment.state", "refused"));

    /// <summary>A reminder has come.</summary>
    public void ReminderFired(string reminder) => _reminders.Add(1, Label("agentmesh.actor.type", PaymentActorType.Name), Label("agentmesh.reminder", reminder));

    /// <summary>A payment has come into memory.</summary>
    public void Activated() => _active.Add(1, Label("agentmesh.actor.type", PaymentActorType.Name));

    /// <summary>It has left.</summary>
    public void Deactivated() => _active.Add(-1, Label("agentmesh.actor.type", PaymentActorType.Name));

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);
}
