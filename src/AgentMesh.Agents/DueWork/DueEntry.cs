namespace AgentMesh.Agents.DueWork;

/// <summary>An agent of the tenant that has something to do.</summary>
/// <param name="User">Whose.</param>
/// <param name="At">When to look at it, if nothing else has.</param>
public sealed record DueEntry(string User, DateTimeOffset At);
