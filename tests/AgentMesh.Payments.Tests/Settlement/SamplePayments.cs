using AgentMesh.Contracts.Payments;
using AgentMesh.Payments.Settlement;

namespace AgentMesh.Payments.Tests.Settlement;

/// <summary>Payments in every state, each made by the verbs that lead to it.</summary>
internal static class SamplePayments
{
    public const string Id = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    public const string Transaction = "0x89f1b8d0a3f2c7f0e4d5b6a79889786756453423120f1e2d3c4b5a6978695a4b";

    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    public static readonly PaymentRules Rules = new(TimeSpan.FromSeconds(15), 3, TimeSpan.FromSeconds(5), 4);

    public static readonly PaymentOrder Order = new(
        Id, "default:alice", "https://shop.example/agent/alice/message", new string('a', 64), new string('b', 64),
        new PaymentTerms(
            "eip155:84532", "0x036CbD53842c5426634e7929541eC2318f3dCF7e", "115792089237316195423570985008687907853269984665640564039457584007913129639935",
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", "0x" + new string('c', 64),
            Now.AddSeconds(60), 2, "eip155:84532"),
        new PaymentJob("""{"x402Version":2,"amount":"115792089237316195423570985008687907853269984665640564039457584007913129639935"}""", "Hallo Köln", null));

    /// <summary>A payment in a state, run 1 at work.</summary>
    public static Payment In(PaymentStatus status)
    {
        return status switch
        {
            PaymentStatus.Verified => Payment.Take(null, Order with { IsVerified = true }, Now).Value!.Begin(Rules, Now),
            PaymentStatus.Executing => In(PaymentStatus.Verified).Do(PaymentSteps.Executing),
            PaymentStatus.Executed => In(PaymentStatus.Executing).Do(PaymentSteps.Executed),
            PaymentStatus.Settling => In(PaymentStatus.Executed).Do(PaymentSteps.Settling),
            PaymentStatus.Settled => In(PaymentStatus.Settling).Do(PaymentSteps.Settled),
            PaymentStatus.Failed => In(PaymentStatus.Settling).Do(PaymentSteps.SettleFailed),
            PaymentStatus.Unknown => In(PaymentStatus.Settling).Do(PaymentSteps.SettleUnknown),
            _ => throw new ArgumentOutOfRangeException(nameof(status)),
        };
    }

    /// <summary>A payment in a state by its name: test classes are public, and the states are not.</summary>
    public static Payment In(string status) => In(Enum.Parse<PaymentStatus>(status));

    public static PaymentReport Report(string step, int attempt = 1) => new(
        attempt, step, "some_code", "Some detail.", Transaction, "t7", "The answer.", Event: null);

    public static Payment Do(this Payment payment, string step, DateTimeOffset? at = null)
    {
        var stepped = payment.Apply(Report(step, payment.Attempt), Rules, at ?? Now);
        Assert.False(stepped.IsRefused, $"{step} of {payment.Status} is refused.");
        return stepped.Value;
    }

    /// <summary>The seller's agent was told.</summary>
    public static Payment Record(this Payment payment, DateTimeOffset? at = null) =>
        payment.Apply(Report(PaymentSteps.Recorded, payment.Attempt) with { State = PaymentViews.ToState(payment.Status) }, Rules, at ?? Now).Value!;

    /// <summary>All were told, when that is so.</summary>
    public static Payment Told(this Payment payment, bool isSo) => isSo ? payment.Record().Announce() : payment;

    public static Payment Announce(this Payment payment, DateTimeOffset? at = null) =>
        payment.Apply(Report(PaymentSteps.Announced, payment.Attempt) with { Event = payment.Unannounced[0] }, Rules, at ?? Now).Value!;
}
