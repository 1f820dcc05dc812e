namespace AgentMesh.Agents.Budgets;

/// <summary>What was spent in a part of a window.</summary>
/// <param name="At">The last time that something of it was spent: all of it is taken to be as new.</param>
/// <param name="Amount">How much, in atomic units.</param>
public readonly record struct MeterSlice(DateTimeOffset At, UInt128 Amount);
