using AgentMesh.Agents.Budgets;

namespace AgentMesh.Agents.TenantBudgets;

/// <summary>Asks for a lease, or says how one goes on. Amounts are from its beginning on, in atomic units.</summary>
/// <param name="Id">The lease.</param>
/// <param name="Revision">From 1, higher with everything that is said of it.</param>
/// <param name="Holder">The process.</param>
/// <param name="Asset">Of what.</param>
/// <param name="Spent">What is known to be spent.</param>
/// <param name="Least">What it has to come to.</param>
/// <param name="Wanted">What it would better come to.</param>
public sealed record LeaseRequest(string Id, long Revision, string Holder, string Asset, UInt128 Spent, UInt128 Least, UInt128 Wanted)
{
    /// <summary>Refuses what only a bug asks for.</summary>
    /// <exception cref="ArgumentException">It contradicts itself, or has a name that is too long.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Revision, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Spent, Least);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Least, Wanted);
        if (Id.Length is 0 or > TenantBudgetLimits.NameCharacters || Holder.Length is 0 or > TenantBudgetLimits.NameCharacters)
            throw new ArgumentException("The name of a lease or of its holder is empty or too long.");
        if (!BudgetAssets.IsCanonical(Asset))
            throw new ArgumentException("That is no asset.");
    }
}

/// <summary>What a verb comes to.</summary>
/// <param name="Ledger">The ledger after it.</param>
/// <param name="Lease">The lease after it; null: there is none.</param>
/// <param name="Why">Why it is less than the least that was asked for; null: it is not.</param>
public sealed record LeaseStep(TenantLedger Ledger, StoredLease? Lease, Primitives.Refusal? Why);
