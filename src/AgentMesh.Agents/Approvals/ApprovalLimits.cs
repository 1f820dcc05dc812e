namespace AgentMesh.Agents.Approvals;

/// <summary>Every maximum of approvals, once. Listed for users in <c>docs/limits.md</c>.</summary>
public static class ApprovalLimits
{
    /// <summary>Approvals that wait for a decision.</summary>
    public const int Pending = 64;

    /// <summary>Approvals that are kept beside them.</summary>
    public const int Decided = 128;

    /// <summary>Longest URL and reason that are shown, UTF-16 units; the digest has all of a URL.</summary>
    public const int ShownText = 512;

    /// <summary>How long an approval is kept after it has expired, or its decision no longer stands.</summary>
    public static TimeSpan Kept { get; } = TimeSpan.FromHours(24);
}
