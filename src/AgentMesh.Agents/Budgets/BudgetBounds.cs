namespace AgentMesh.Agents.Budgets;

/// <summary>Every maximum of budgets, once. Listed for users in <c>docs/limits.md</c>.</summary>
public static class BudgetBounds
{
    /// <summary>Limits of one agent.</summary>
    public const int Limits = 32;

    /// <summary>Holds of one agent that are neither posted nor voided.</summary>
    public const int OpenHolds = 256;

    /// <summary>Payment holds that are remembered after they were posted or voided; the oldest make room.</summary>
    public const int SettledHolds = 512;

    /// <summary>Windows whose spending is counted: those of the limits in force, and of earlier ones until their spending has left them. The longest unused make room.</summary>
    public const int Meters = 64;

    /// <summary>Parts into which a rolling window is counted.</summary>
    public const int RollingParts = 60;

    /// <summary>Longest id of a hold, UTF-16 units.</summary>
    public const int HoldIdCharacters = 128;

    /// <summary>Longest name of an asset.</summary>
    public const int AssetCharacters = 160;

    /// <summary>Longest name of a tool.</summary>
    public const int ToolCharacters = 64;

    /// <summary>Shortest rolling window.</summary>
    public static readonly TimeSpan ShortestRolling = TimeSpan.FromMinutes(1);

    /// <summary>Longest rolling window.</summary>
    public static readonly TimeSpan LongestRolling = TimeSpan.FromDays(31);

    /// <summary>How long a payment hold is remembered after it was posted or voided, for those who repeat what they asked.</summary>
    public static readonly TimeSpan RetryTime = TimeSpan.FromHours(24);
}
