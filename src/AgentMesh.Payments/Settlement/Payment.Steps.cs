using AgentMesh.Contracts.Payments;
using AgentMesh.Primitives;

namespace AgentMesh.Payments.Settlement;

/// <summary>What a run's steps make of a payment.</summary>
internal sealed partial record Payment
{
    /// <summary>A run has done a step.</summary>
    /// <returns>The payment itself when the step was heard before; refused for an older run, and for a step that does not follow.</returns>
    public Result<Payment> Apply(PaymentReport report, PaymentRules rules, DateTimeOffset now)
    {
        if (report.Attempt != Attempt)
            return SettlementRefusals.Lost;
        var stepped = Step(report, rules, now);
        if (stepped.IsRefused)
            return stepped;
        var after = stepped.Value;
        // An unknown payment's run ends when all are told: the lease must not hold up the next look.
        var runsOn = after.IsOver || after.Status == PaymentStatus.Unknown ? after.IsUntold : after.HasWork(rules);
        return after with { LeaseUntil = runsOn ? now + rules.Lease : null };
    }

    private Result<Payment> Step(PaymentReport report, PaymentRules rules, DateTimeOffset now)
    {
        var reason = PaymentReason.Create(report.Code, report.Detail);
        return (report.Step, Status) switch
        {
            (PaymentSteps.Alive, _) => this,
            (PaymentSteps.Recorded, _) => report.State == PaymentViews.ToState(Status) ? this with { IsUnrecorded = false } : this,
            (PaymentSteps.Announced, _) => report.Event is { } type ? this with { Unannounced = Unannounced.Remove(type) } : SettlementRefusals.Lost,

            (PaymentSteps.Executing, PaymentStatus.Verified) => this with { Status = PaymentStatus.Executing, UpdatedAt = now },
            (PaymentSteps.Executing, PaymentStatus.Executing) => this,

            (PaymentSteps.Executed, PaymentStatus.Executing) when report is { Answer: not null, Turn: not null } =>
                this with { Status = PaymentStatus.Executed, Turn = report.Turn, HasAnswer = true, UpdatedAt = now },
            (PaymentSteps.Executed, PaymentStatus.Executed) => this,

            (PaymentSteps.ExecutionFailed, PaymentStatus.Verified or PaymentStatus.Executing) => Fail(reason, now),
            (PaymentSteps.ExecutionFailed, PaymentStatus.Failed) => this,

            (PaymentSteps.Settling, PaymentStatus.Executed) => this with { Status = PaymentStatus.Settling, UpdatedAt = now },
            (PaymentSteps.Settling, PaymentStatus.Settling) => this,

            (PaymentSteps.Settled, PaymentStatus.Settling or PaymentStatus.Unknown) when HasAnswer || report is { Answer: not null, Turn: not null } =>
                Settle(report, now),
            (PaymentSteps.Settled, PaymentStatus.Settled) => this,

            (PaymentSteps.SettleFailed, PaymentStatus.Settling or PaymentStatus.Unknown) =>
                Fail(reason, now) with { Transaction = report.Transaction ?? Transaction },
            (PaymentSteps.SettleFailed, PaymentStatus.Failed) => this,

            // Not only of a settling payment: its claim may say that it was settled once though its record, of a second activation, does not.
            (PaymentSteps.SettleUnknown, PaymentStatus.Unknown) => this with
            {
                NextLook = NextLook > now ? NextLook : rules.NextLook(Tries, now),
                Transaction = report.Transaction ?? Transaction,
                IsUnrecorded = IsUnrecorded || report.Transaction is { } found && found != Transaction,
            },
            (PaymentSteps.SettleUnknown, not (PaymentStatus.Settled or PaymentStatus.Failed)) =>
                BecomeUnknown(reason, report.Transaction, now) with { NextLook = rules.NextLook(0, now) },

            _ => SettlementRefusals.Lost,
        };
    }

    private Payment Settle(PaymentReport report, DateTimeOffset now) => this with
    {
        Status = PaymentStatus.Settled,
        Job = null,
        Turn = Turn ?? report.Turn,
        HasAnswer = true,
        Transaction = report.Transaction ?? Transaction,
        Reason = null,
        NextLook = null,
        Unannounced = Unannounced.Add(PaymentEvents.Settled),
        IsUnrecorded = true,
        UpdatedAt = now,
    };

    private Payment Fail(PaymentReason reason, DateTimeOffset now) => this with
    {
        Status = PaymentStatus.Failed,
        Job = null,
        Reason = reason,
        NextLook = null,
        Unannounced = Unannounced.Add(PaymentEvents.Failed),
        // A seller that has not been asked to work yet need not know.
        IsUnrecorded = Status is not PaymentStatus.Verified,
        UpdatedAt = now,
    };

    private Payment BecomeUnknown(PaymentReason reason, string? transaction, DateTimeOffset now) => this with
    {
        Status = PaymentStatus.Unknown,
        Transaction = transaction ?? Transaction,
        Reason = reason,
        Tries = 0,
        NextLook = null,
        Unannounced = Unannounced.Add(PaymentEvents.Unknown),
        IsUnrecorded = true,
        UpdatedAt = now,
    };
}
