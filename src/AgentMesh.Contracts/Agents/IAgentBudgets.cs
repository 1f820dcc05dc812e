using Dapr.Actors;

namespace AgentMesh.Contracts.Agents;

/// <summary>What an agent may spend, and has spent.</summary>
public interface IAgentBudgets : IActor
{
    /// <summary>Reads how its limits stand. An agent that was set none has the configured ones; one never used is not made by it.</summary>
    Task<Reply<AgentBudget>> GetBudget(CancellationToken cancellationToken);

    /// <summary>Sets all of its limits. A repeat changes nothing.</summary>
    Task<Reply<AgentBudget>> SetBudget(SetBudget request, CancellationToken cancellationToken);
}

/// <summary>Limits to set.</summary>
/// <param name="Limits">All of them; none: the agent spends nothing.</param>
public sealed record SetBudget(IReadOnlyList<LimitSetting> Limits);

/// <summary>A limit to set.</summary>
/// <param name="Scope"><c>agent</c>, <c>session:{id}</c> or <c>tool:{name}</c>.</param>
/// <param name="Asset"><c>USD</c>, or a token by its CAIP-19 name in lower case.</param>
/// <param name="Window"><c>once</c>, <c>rolling:24h</c>, <c>rolling:90m</c>, or <c>calendar:day</c>, <c>calendar:week</c>, <c>calendar:month</c> with a colon and an IANA zone.</param>
/// <param name="Limit">Atomic units, decimal digits.</param>
public sealed record LimitSetting(string Scope, string Asset, string Window, string Limit);

/// <summary>How an agent's limits stand.</summary>
/// <param name="Limits">Those in force.</param>
public sealed record AgentBudget(IReadOnlyList<LimitStatus> Limits);

/// <summary>How a limit stands. Amounts are atomic units, decimal digits.</summary>
/// <param name="Scope">As set.</param>
/// <param name="Asset">As set.</param>
/// <param name="Window">As set.</param>
/// <param name="Limit">As set.</param>
/// <param name="Posted">What was spent in the window.</param>
/// <param name="Held">What is set aside, of unknown outcome included.</param>
/// <param name="Overrun">What models have cost beyond what was held for them; nothing is available while it is not 0.</param>
/// <param name="Available">What may still be spent.</param>
/// <param name="ResetsAt">When the window begins anew, or the oldest spending of a rolling one leaves it; null: never, or nothing was spent.</param>
public sealed record LimitStatus(
    string Scope, string Asset, string Window, string Limit, string Posted, string Held, string Overrun, string Available, DateTimeOffset? ResetsAt);

/// <summary>Where a budget has not enough.</summary>
/// <param name="Scope">By what.</param>
/// <param name="Asset">Of what.</param>
/// <param name="Window">In which time; null: there is no limit at all.</param>
/// <param name="Available">What there is: atomic units, decimal digits.</param>
/// <param name="ResetsAt">When time alone will have made room; null: it will not.</param>
public sealed record Shortage(string Scope, string Asset, string? Window, string Available, DateTimeOffset? ResetsAt);
