namespace AgentMesh.Agents.DueWork;

/// <summary>Every maximum of the index of due work, once. Listed for users in <c>docs/limits.md</c>.</summary>
public static class DueLimits
{
    /// <summary>Shards of a tenant's index. Part of the layout in the store, so never changed.</summary>
    public const int Shards = 256;

    /// <summary>Agents in one shard. Those beyond it are not in the index, and have their reminders only.</summary>
    public const int EntriesPerShard = 1024;

    /// <summary>Agents that one call notes, settles or forgets: each may be in a shard of its own, and all of them are one transaction (4 MiB in daprd).</summary>
    public const int Batch = 32;

    /// <summary>Agents that one call hands out.</summary>
    public const int TakenAtOnce = 128;

    /// <summary>Agents of a tenant that are handed out and not settled. The rest waits.</summary>
    public const int Leases = 4096;

    /// <summary>Tenants with due work. All of them are one record.</summary>
    public const int Tenants = 1000;

    /// <summary>How long what was handed out is left to who has taken it.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
}
