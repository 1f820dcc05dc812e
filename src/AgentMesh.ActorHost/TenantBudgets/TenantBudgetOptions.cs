using System.ComponentModel.DataAnnotations;

namespace AgentMesh.ActorHost.TenantBudgets;

/// <summary>Section <c>AgentMesh:Tenants</c>: how a process keeps to what its tenants may spend.</summary>
internal sealed class TenantBudgetOptions
{
    internal const string Section = "AgentMesh:Tenants";

    /// <summary>Milliseconds between two questions whether a tenant is frozen. Default 500, so that a freeze holds everywhere within a second.</summary>
    [Range(50, 1000)]
    public int PollIntervalMs { get; set; } = 500;

    /// <summary>Seconds without an answer after which nothing is spent any more. Default 3.</summary>
    [Range(1, 10)]
    public int UnknownAfterSeconds { get; set; } = 3;

    /// <summary>Seconds by which the clocks of this process and of a tenant may differ. Default 30; beyond that nothing is spent.</summary>
    [Range(1, 300)]
    public int ClockToleranceSeconds { get; set; } = 30;

    internal TimeSpan PollInterval => TimeSpan.FromMilliseconds(PollIntervalMs);

    internal TimeSpan UnknownAfter => TimeSpan.FromSeconds(UnknownAfterSeconds);

    internal TimeSpan ClockTolerance => TimeSpan.FromSeconds(ClockToleranceSeconds);
}
