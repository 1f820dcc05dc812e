namespace AgentMesh.Agents.TenantBudgets;

/// <summary>Every maximum of tenants' budgets, once. Listed for users in <c>docs/limits.md</c>.</summary>
public static class TenantBudgetLimits
{
    /// <summary>Limits of one tenant.</summary>
    public const int Limits = 8;

    /// <summary>Windows whose spending is counted: those of the limits in force, and of earlier ones until their spending has left them.</summary>
    public const int Meters = 16;

    /// <summary>Leases of a tenant that are not over.</summary>
    public const int Leases = 256;

    /// <summary>Above the least that is asked for a lease is given no more than this part of what is left.</summary>
    public const int Share = 16;

    /// <summary>Longest name of a process, and of a lease.</summary>
    public const int NameCharacters = 64;

    /// <summary>How long a lease goes on without being heard of.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(60);

    /// <summary>How long one that is over is remembered, for those who repeat what they said; longer than any call goes on.</summary>
    public static readonly TimeSpan RepeatTime = TimeSpan.FromSeconds(60);

    /// <summary>
    /// What was not heard of in time was spent at its end at the latest, give or take what the clocks of two processes that host the tenant one after
    /// the other may differ.
    /// </summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(30);
}
