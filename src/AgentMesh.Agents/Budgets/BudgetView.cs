namespace AgentMesh.Agents.Budgets;

/// <summary>How a limit stands.</summary>
/// <param name="Limit">The limit.</param>
/// <param name="Posted">What was spent in its window, in atomic units.</param>
/// <param name="Held">What is held, of unknown outcome included.</param>
/// <param name="Overrun">What models have cost beyond their holds; nothing is available while it is not 0.</param>
/// <param name="Available">What a hold may have.</param>
/// <param name="ResetsAt">When the window begins anew, or the oldest spending of a rolling one leaves it; null: never, or nothing was spent.</param>
public sealed record BudgetView(BudgetLimit Limit, UInt128 Posted, UInt128 Held, UInt128 Overrun, UInt128 Available, DateTimeOffset? ResetsAt);
