namespace AgentMesh.Agents.Audit;

/// <summary>Every maximum of the audit chain, once. Listed for users in <c>docs/limits.md</c>. The chain itself has none: what more actions could push out would prove nothing.</summary>
public static class AuditLimits
{
    /// <summary>Records of a page, which is read and written as one: at most about 36 KiB.</summary>
    public const int PageRecords = 32;

    /// <summary>Records of one answer.</summary>
    public const int ListLength = 100;

    /// <summary>Actions of a tenant that may be under way.</summary>
    public const int Open = 256;

    /// <summary>How long an action may be under way; at exactly that age it is given up, and what came of it stays unknown. Longer than any request lives.</summary>
    public static TimeSpan OpenFor { get; } = TimeSpan.FromHours(1);
}
