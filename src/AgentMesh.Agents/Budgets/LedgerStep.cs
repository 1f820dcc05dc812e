using System.Collections.Immutable;
using AgentMesh.Agents.Events;

namespace AgentMesh.Agents.Budgets;

/// <summary>What a verb of the ledger has changed.</summary>
/// <param name="Ledger">The ledger after it; the same when nothing has changed.</param>
/// <param name="Hold">The hold after it.</param>
/// <param name="Facts">What the event log is to have of it.</param>
public sealed record LedgerStep(Ledger Ledger, FundsHold Hold, ImmutableArray<FactEntry> Facts);

/// <summary>A ledger of other limits.</summary>
/// <param name="Ledger">The ledger after it.</param>
/// <param name="Facts">What the event log is to have of it.</param>
public sealed record LimitsStep(Ledger Ledger, ImmutableArray<FactEntry> Facts);
