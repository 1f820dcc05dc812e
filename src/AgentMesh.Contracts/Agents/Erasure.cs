namespace AgentMesh.Contracts.Agents;

/// <summary>Asks for a page of a session.</summary>
/// <param name="SessionId">The session, or null for the default one.</param>
/// <param name="N">Its number, from 1.</param>
public sealed record GetPage(string? SessionId, int N);

/// <summary>A page of a session.</summary>
/// <param name="Messages">Oldest first; empty beyond the last page.</param>
/// <param name="IsLast">True when no page follows.</param>
public sealed record StoredPage(IReadOnlyList<HistoryMessage> Messages, bool IsLast);

/// <summary>Asks to remove everything, or the next part.</summary>
/// <param name="RequestId">The gateway's id of the request.</param>
public sealed record EraseAgent(string RequestId);

/// <summary>What a part of an erasure has removed.</summary>
/// <param name="IsDone">True when nothing is left.</param>
/// <param name="Records">Removed records by kind: <c>head</c>, <c>pages</c>, <c>events</c>, <c>sessions</c>, <c>keys</c>, <c>turns</c>, <c>profile</c>, <c>schedules</c>, <c>expiries</c>, <c>usage</c>, <c>reminders</c>.</param>
/// <param name="KeptPayments">When nothing else is left: payments whose records stay.</param>
/// <param name="KeepsFreeze">When nothing else is left: the freeze stays.</param>
/// <param name="KeptSpending">When nothing else is left: records that stay of what the agent may spend and has spent.</param>
public sealed record Erasure(bool IsDone, IReadOnlyDictionary<string, int> Records, long KeptPayments = 0, bool KeepsFreeze = false, int KeptSpending = 0);
