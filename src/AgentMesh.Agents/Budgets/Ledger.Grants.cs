using AgentMesh.Primitives;

namespace AgentMesh.Agents.Budgets;

/// <summary>Money of others.</summary>
public sealed partial record Ledger
{
    /// <summary>The money of another agent that a turn spends of an asset; null: it spends the agent's own.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="asset">Of what.</param>
    public string? GrantOf(string? turn, string asset) => Grants.FirstOrDefault(grant => grant.Turn == turn && grant.Asset == asset)?.Id;

    /// <summary>Takes money of another agent. A repeat changes nothing.</summary>
    internal Ledger Grant(FundsGrant grant) => Grants.Any(other => other.Id == grant.Id) ? this : this with { Grants = Grants.Add(grant) };

    /// <summary>Nothing more of a grant is spent. What is held of it may have been, and counts as spent for good: its owner is told once.</summary>
    /// <returns>The ledger after it, and how much was spent: nothing of one that is not there, which was ended before.</returns>
    internal (Ledger Ledger, UInt128 Spent) EndGrant(string id, BudgetRules rules, DateTimeOffset now)
    {
        var ledger = Advance(rules, now);
        return ledger.Grants.FirstOrDefault(grant => grant.Id == id) is { } grant
            ? (ledger with { Grants = ledger.Grants.Remove(grant) }, Amounts.Plus(grant.Posted, ledger.HeldOf(id)))
            : (this, 0);
    }

    /// <summary>How much a request gets of a grant.</summary>
    private Result<UInt128> GrantFrom(string id, HoldRequest request)
    {
        var grant = Grants.FirstOrDefault(grant => grant.Id == id && grant.Asset == request.Asset);
        var available = grant is null ? 0 : Amounts.Minus(grant.Amount, Amounts.Plus(grant.Posted, HeldOf(id)));
        var granted = UInt128.Min(request.Amount, available);
        return grant is not null && granted > 0 && granted >= request.Least
            ? granted
            : BudgetRefusals.Exceeded(new BudgetShortage(BudgetScopes.Delegation, request.Asset, "once", available, null));
    }

    private UInt128 HeldOf(string grant) => Amounts.Sum(Open.Where(hold => hold.Grant == grant).Select(hold => hold.Amount));

    /// <summary>Counts what a hold on a grant has cost. What a model has cost beyond its hold is of the agent's own limits, whose model it is.</summary>
    private Ledger SpendOf(FundsHold hold, UInt128 spent, UInt128 overrun)
    {
        var own = hold with { Grant = null };
        return this with
        {
            Grants = [.. Grants.Select(grant => grant.Id == hold.Grant ? grant with { Posted = Amounts.Plus(grant.Posted, spent) } : grant)],
            Meters = [.. Meters.Select(meter => own.CountsFor(meter.Scope, meter.Asset) ? meter.ChargeOverrun(overrun, SeenAt) : meter)],
        };
    }
}
