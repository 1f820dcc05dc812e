using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Payments;
using AgentMesh.Agents.Turns;

namespace AgentMesh.Agents.Purchases;

/// <summary>What a step of a purchase needs of the agent's records.</summary>
/// <param name="Turn">The head and the event log.</param>
/// <param name="Book">Which purchases there are.</param>
/// <param name="Ledger">What the agent may spend.</param>
/// <param name="Budgets">How budgets are set up.</param>
/// <param name="LedgerNow">The time as budgets see it, which may be another than that of reminders.</param>
/// <param name="Payments">Where the payment stands in the list, or would; null before there is one.</param>
public sealed record PurchaseInputs(TurnInputs Turn, PurchaseBook Book, Ledger Ledger, BudgetRules Budgets, DateTimeOffset LedgerNow, PaymentTable? Payments);
