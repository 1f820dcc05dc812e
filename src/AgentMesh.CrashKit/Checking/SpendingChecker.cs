using System.Globalization;
using System.Numerics;
using AgentMesh.CrashKit.Verdicts;

namespace AgentMesh.CrashKit.Checking;

/// <summary>
/// The money that one agent spends: never more than its limit, each purchase paid at most once, and what the ledger has, what the list of payments has and
/// what has left the wallet are the same.
/// </summary>
public static class SpendingChecker
{
    private const int MaxEvidence = 12;

    /// <summary>Checks all there is of one agent, for which all purchases cost the same.</summary>
    /// <param name="agent">Whose agent.</param>
    /// <param name="purchases">What it was told to buy.</param>
    /// <param name="price">What one costs, atomic units.</param>
    /// <param name="during">What it said of its limit meanwhile.</param>
    /// <param name="last">What it says in the end, when nothing is under way any more.</param>
    /// <param name="payments">Its payments to others.</param>
    /// <param name="left">What has left its wallet on the chain; null: that cannot be seen.</param>
    public static IReadOnlyList<Violation> Check(
        string agent, IReadOnlyCollection<Intent> purchases, BigInteger price, IEnumerable<BudgetReading> during, BudgetReading last,
        IReadOnlyCollection<PaymentReading> payments, BigInteger? left)
    {
        ArgumentNullException.ThrowIfNull(last);
        List<Violation> violations = [.. during.Append(last).SelectMany(reading => OverTheLimit(agent, reading)).Take(1), .. Repeats.Check(agent, purchases)];
        // What is not known may be counted as spent, once nobody looks for it any more, or be held.
        var (settled, unknown) = (Sum(payments, PaymentEnd.Settled), Sum(payments, PaymentEnd.Unknown) + Sum(payments, PaymentEnd.Open));
        string[] lines = [last.ToString(), FormattableString.Invariant($"wallet: {left} has left"), .. payments.Select(payment => payment.ToString()).Take(MaxEvidence)];

        foreach (var open in payments.Where(payment => payment.End == PaymentEnd.Open).Take(1))
            violations.Add(new Violation(ViolationKind.Wrong, agent, "a payment has no end", [open.ToString()]));
        if (last.Posted > settled + unknown)
            violations.Add(Doubled(agent, $"its ledger has {last.Posted} as spent, its payments are {settled + unknown}", 0, lines));
        else if (last.Posted < settled)
            violations.Add(new Violation(ViolationKind.Lost, agent, $"its ledger has {last.Posted} as spent, its settled payments are {settled}", lines));
        else if (last.Posted + last.Held != settled + unknown)
            violations.Add(new Violation(ViolationKind.Wrong, agent, $"its ledger has {last.Posted} as spent and holds {last.Held}, its payments are {settled + unknown}", lines));

        var (least, most) = (purchases.Sum(purchase => purchase.Least), purchases.Sum(purchase => purchase.Most));
        var paid = payments.Count(payment => payment.End == PaymentEnd.Settled);
        string[] wanted = [.. lines, .. purchases.Where(purchase => purchase.Most > 0).SelectMany(purchase => purchase.Evidence()).Take(MaxEvidence)];
        if (paid > most)
            violations.Add(Doubled(agent, $"at most {most} were bought, and {paid} paid", price * (paid - most), wanted));
        if (paid < least)
            violations.Add(new Violation(ViolationKind.Lost, agent, $"{least} were bought, and {paid} paid", wanted));
        foreach (var twice in payments.Where(payment => payment.Transaction is not null).GroupBy(payment => payment.Transaction, StringComparer.Ordinal).Where(same => same.Count() > 1))
            violations.Add(new Violation(ViolationKind.Wrong, agent, "two payments are one transaction", [.. twice.Select(payment => payment.ToString())]));

        if (left is not { } gone)
            return violations;
        if (gone > last.Limit)
            violations.Add(new Violation(ViolationKind.Over, agent, $"{gone} has left its wallet, its limit is {last.Limit}", lines) { OverMicroUsd = gone - last.Limit });
        if (gone > settled + unknown)
            violations.Add(Doubled(agent, $"{gone} has left its wallet, its payments are {settled + unknown}", gone - settled - unknown, lines));
        else if (paid <= most && gone > price * most)
            violations.Add(Doubled(agent, $"{gone} has left its wallet, and at most {most} things were bought for {price} each", gone - price * most, wanted));
        if (gone < settled)
            violations.Add(new Violation(ViolationKind.Wrong, agent, $"{gone} has left its wallet, its settled payments are {settled}", lines));
        return violations;
    }

    private static IEnumerable<Violation> OverTheLimit(string agent, BudgetReading reading)
    {
        var committed = reading.Posted + reading.Held;
        if (committed > reading.Limit)
        {
            yield return new Violation(ViolationKind.Over, agent, $"{committed.ToString(CultureInfo.InvariantCulture)} is committed of {reading.Limit}", [reading.ToString()])
            {
                OverMicroUsd = committed - reading.Limit,
            };
        }
    }

    private static BigInteger Sum(IEnumerable<PaymentReading> payments, PaymentEnd end) =>
        payments.Where(payment => payment.End == end).Aggregate(BigInteger.Zero, (sum, payment) => sum + payment.Amount);

    private static Violation Doubled(string agent, string what, BigInteger much, string[] evidence) => new(ViolationKind.Doubled, agent, what, evidence) { OverMicroUsd = much };
}
