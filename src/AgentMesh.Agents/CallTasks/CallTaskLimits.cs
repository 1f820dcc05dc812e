namespace AgentMesh.Agents.CallTasks;

/// <summary>Every maximum of tasks, once. Listed for users in <c>docs/limits.md</c>.</summary>
public static class CallTaskLimits
{
    /// <summary>Tasks that an agent keeps, each about 250 bytes of one record but for what it asks.</summary>
    public const int Kept = 128;

    /// <summary>Those among them that others have paid for.</summary>
    public const int Paid = 64;

    /// <summary>Those among them that ask, or have asked and are not a turn.</summary>
    public const int Asking = 16;

    /// <summary>Characters of the arguments, the state, the questions and the answers of one of them.</summary>
    public const int InputCharacters = 8 * 1024;

    /// <summary>How long a task is found: longer than any turn takes with the settings there are by default, and short enough that there is room for others.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromHours(1);
}
