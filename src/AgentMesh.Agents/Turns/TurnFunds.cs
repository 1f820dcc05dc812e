using AgentMesh.Agents.Budgets;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Turns;

/// <summary>The agent's money, as a change of its turns needs it.</summary>
/// <param name="Ledger">The ledger, as stored.</param>
/// <param name="Rules">How budgets are set up.</param>
/// <param name="Now">The time by the ledger's own clock.</param>
/// <param name="Gate">What refuses every hold, whatever the budget; null: nothing does.</param>
public sealed record TurnFunds(Ledger Ledger, BudgetRules Rules, DateTimeOffset Now, Refusal? Gate = null);

/// <summary>A try of a call of the model that a run is about to make.</summary>
/// <param name="Number">Which one of the run, from 1.</param>
/// <param name="WantedMicroUsd">What it may cost at most.</param>
/// <param name="LeastMicroUsd">The least that it is worth making for.</param>
/// <param name="LastMicroUsd">What the try before it has cost; null: not known, or there was none.</param>
public sealed record CallFunding(int Number, long WantedMicroUsd, long LeastMicroUsd, long? LastMicroUsd);

/// <summary>What became of it.</summary>
/// <param name="Step">The records to store.</param>
/// <param name="GrantedMicroUsd">What is held for it; null: the turn is paused.</param>
/// <param name="Pause">Why; null: it is not.</param>
public sealed record FundedCall(TurnStep Step, long? GrantedMicroUsd, TurnPause? Pause);
