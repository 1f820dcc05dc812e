namespace AgentMesh.Agents.Quotas;

/// <summary>How large a tenant's list of agents may become, and how exact it is.</summary>
public static class AgentListLimits
{
    /// <summary>Shards of a list. Part of the layout in the store, so never changed.</summary>
    public const int Shards = 1024;

    /// <summary>Agents in one shard. Those beyond it are not in the list, and are not counted.</summary>
    public const int EntriesPerShard = 1024;

    /// <summary>Agents that one call notes: each may be in a shard of its own, and all of them are one transaction.</summary>
    public const int Batch = 32;

    /// <summary>Agents that one call lists.</summary>
    public const int ListedAtOnce = 500;

    /// <summary>An agent whose messages have grown or shrunk by less is not noted anew; encoded bytes. So exact is the sum of a tenant, for each of its agents.</summary>
    public const int Step = 64 * 1024;

    /// <summary>Most agents that a quota may allow: the list has room for all of them, however unevenly their names fall into shards.</summary>
    public const int MostAgents = 500_000;
}
