using System.Collections.Immutable;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;

namespace AgentMesh.Agents.Budgets;

/// <summary>What the event log has of budgets: thresholds, and what became of payments. Runs of models are in it as turns.</summary>
public static class LedgerFacts
{
    /// <summary>Payment holds that are not the same any more.</summary>
    public static ImmutableArray<FactEntry> OfPayments(Ledger before, Ledger after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return
        [
            .. from hold in after.Open.AddRange(after.Settled)
               where hold.Kind == HoldKind.Payment && before.Find(hold.Id)?.State != hold.State
               select OfPayment(hold, after.SeenAt),
        ];
    }

    /// <summary>A threshold is reached.</summary>
    internal static FactEntry OfThreshold(string session, BudgetLimit limit, int percent, UInt128 posted, UInt128 held, DateTimeOffset now) => FactEntry.Of(
        session, now, FactTypes.Budget,
        ("scope", limit.Scope), ("asset", limit.Asset), ("window", limit.Window.ToString()), ("percent", percent),
        ("posted", Amounts.ToText(posted)), ("held", Amounts.ToText(held)), ("limit", Amounts.ToText(limit.Amount)));

    private static FactEntry OfPayment(FundsHold hold, DateTimeOffset now) => FactEntry.Of(
        hold.Session ?? SessionNames.Default, now, FactTypes.Payment,
        ("hold", hold.Id), ("state", StateOf(hold.State)), ("asset", hold.Asset), ("amount", Amounts.ToText(hold.State == HoldState.Posted ? hold.Posted : hold.Amount)),
        ("tool", hold.Tool));

    private static string StateOf(HoldState state) => state switch
    {
        HoldState.Held => "held",
        HoldState.Unknown => "unknown",
        HoldState.Posted => "posted",
        HoldState.Voided => "voided",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };
}
