namespace AgentMesh.Agents.Freezing;

/// <summary>Limits of freezes, see <c>docs/limits.md</c>.</summary>
public static class FreezeLimits
{
    /// <summary>Longest reason, in UTF-16 units.</summary>
    public const int ReasonCharacters = 200;

    /// <summary>Names of frozen agents in a tenant's list. A freeze is never refused for it: it stands in the agent's own record too.</summary>
    public const int ListedAgents = 1024;
}
