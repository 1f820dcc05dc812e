namespace AgentMesh.Agents.Policies;

/// <summary>Every maximum of a policy and of what it remembers, once. Listed for users in <c>docs/limits.md</c>.</summary>
public static class PolicyLimits
{
    /// <summary>Longest document, bytes of UTF-8.</summary>
    public const int DocumentBytes = 16 * 1024;

    /// <summary>Most rules of a document.</summary>
    public const int Rules = 64;

    /// <summary>Most values of one condition, and of the document's assets.</summary>
    public const int Values = 32;

    /// <summary>Most payments that a velocity may name.</summary>
    public const int VelocityPayments = 10_000;

    /// <summary>Faults of a document that are told at once.</summary>
    public const int Faults = 16;

    /// <summary>Payees that are remembered. One that is forgotten is asked about as a new one is.</summary>
    public const int Payees = 512;

    /// <summary>Assets, by direction, whose recent payments are kept apart.</summary>
    public const int Lines = 32;

    /// <summary>Spans of time into which the recent payments of an asset are gathered.</summary>
    public const int Slices = 64;

    /// <summary>Shortest window of a velocity.</summary>
    public static TimeSpan ShortestWindow { get; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest window of a velocity; longer ones are a matter of the budget.</summary>
    public static TimeSpan LongestWindow { get; } = TimeSpan.FromHours(24);
}
