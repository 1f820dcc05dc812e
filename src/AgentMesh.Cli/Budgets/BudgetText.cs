using System.Globalization;
using System.Numerics;
using AgentMesh.Cli.Terminal;
using AgentMesh.Evm;
using AgentMesh.X402.Networks;

namespace AgentMesh.Cli.Budgets;

/// <summary>Limits, for people.</summary>
internal static class BudgetText
{
    private const int BarWidth = 24;

    /// <summary>Two lines for each limit: what it is, and how it stands.</summary>
    public static IEnumerable<string> Of(BudgetDocument budget) => budget.Limits.Count == 0
        ? ["no limit is set: nothing is spent"]
        : budget.Limits.SelectMany(limit => new[] { $"{PlainText.Of(limit.Scope)}, {AssetOf(limit)}, {PlainText.Of(limit.Window)}", $"  {StateOf(limit)}" });

    private static string StateOf(LimitDocument limit)
    {
        var (posted, held, whole) = (Atomic(limit.Posted), Atomic(limit.Held), Atomic(limit.Limit));
        var bar = Bar.Of(posted, held, whole, BarWidth);
        var percent = whole > 0 ? string.Create(CultureInfo.InvariantCulture, $"{posted * 100 / whole,4} %") : "     -";
        var text = $"{bar} {percent}  {Amount(limit, limit.Posted)} of {Amount(limit, limit.Limit)} {UnitOf(limit)} spent";
        if (held > 0)
            text += $", {Amount(limit, limit.Held)} held";
        if (Atomic(limit.Overrun) > 0)
            text += $", {Amount(limit, limit.Overrun)} overrun";
        text += $", {Amount(limit, limit.Available)} left";
        return limit.ResetsAt is { } resets ? text + string.Create(CultureInfo.InvariantCulture, $", more from {resets:u}") : text;
    }

    private static BigInteger Atomic(string amount) => UInt256.Parse(amount).Value;

    private static string Amount(LimitDocument limit, string amount) => DecimalAmount.Format(UInt256.Parse(amount), limit.Decimals ?? 0);

    private static string AssetOf(LimitDocument limit) => PlainText.Of(limit.Symbol is { } symbol && symbol != limit.Asset ? $"{symbol} ({limit.Asset})" : limit.Asset);

    private static string UnitOf(LimitDocument limit) => limit.Decimals is null ? "atomic units" : PlainText.Of(limit.Symbol ?? "units");
}
