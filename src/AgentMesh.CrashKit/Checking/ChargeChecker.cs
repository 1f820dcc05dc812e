using System.Numerics;
using AgentMesh.CrashKit.Verdicts;

namespace AgentMesh.CrashKit.Checking;

/// <summary>
/// The payments that a payer from outside makes: what was served was charged once, what was refused not at all, what is not known once or not at all; and the
/// seller's list says the same.
/// </summary>
public static class ChargeChecker
{
    private const int MaxEvidence = 12;

    /// <summary>Checks all payments of one payer. The key of a request is the payment's id.</summary>
    /// <param name="payer">Who pays.</param>
    /// <param name="payments">What was tried to be paid.</param>
    /// <param name="price">What one costs, atomic units.</param>
    /// <param name="charged">What has left the payer's account.</param>
    /// <param name="sold">The payer's payments as the seller lists them.</param>
    public static IReadOnlyList<Violation> Check(
        string payer, IReadOnlyCollection<Intent> payments, BigInteger price, BigInteger charged, IReadOnlyCollection<PaymentReading> sold)
    {
        ArgumentNullException.ThrowIfNull(payments);
        List<Violation> violations = [.. Repeats.Check(payer, payments)];
        var listed = sold.ToLookup(payment => payment.Id, StringComparer.Ordinal);
        var (least, most) = (BigInteger.Zero, BigInteger.Zero);
        foreach (var payment in payments)
        {
            var ends = listed[payment.Tries[0].Key ?? ""].Select(sale => sale.End).ToArray();
            string[] evidence = [.. payment.Evidence(), .. listed[payment.Tries[0].Key ?? ""].Select(sale => sale.ToString())];
            // What the seller says of its end is known too, whatever the payer was told.
            least += payment.Least == 1 || ends.Contains(PaymentEnd.Settled) ? price : 0;
            most += payment.Most == 1 && !ends.Contains(PaymentEnd.Failed) ? price : 0;
            if (ends.Length > 1)
                violations.Add(new Violation(ViolationKind.Doubled, payer, "a payment is listed twice", evidence) { OverMicroUsd = price });
            else if (payment.Least == 1 && !ends.Contains(PaymentEnd.Settled))
                violations.Add(new Violation(ViolationKind.Lost, payer, "served for a payment that the seller does not list as settled", evidence));
            else if (payment.Most == 0 && ends.Contains(PaymentEnd.Settled))
                violations.Add(new Violation(ViolationKind.Wrong, payer, "refused, and settled all the same", evidence));
            else if (ends.Contains(PaymentEnd.Open))
                violations.Add(new Violation(ViolationKind.Wrong, payer, "a payment has no end", evidence));
        }

        string[] lines = [.. payments.SelectMany(payment => payment.Evidence()).Take(MaxEvidence)];
        if (charged > most)
            violations.Add(new Violation(ViolationKind.Doubled, payer, $"charged {charged}, for at most {most}", lines) { OverMicroUsd = charged - most });
        if (charged < least)
            violations.Add(new Violation(ViolationKind.Wrong, payer, $"charged {charged}, and was served or told that it has paid for {least}", lines));
        return violations;
    }
}
