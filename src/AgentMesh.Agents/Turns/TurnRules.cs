namespace AgentMesh.Agents.Turns;

/// <summary>What a turn may take.</summary>
/// <param name="Lease">How long a run of the model is trusted to live without a word.</param>
/// <param name="Deadline">From the first run to the end without an answer.</param>
/// <param name="MaxAttempts">Runs of the model.</param>
public sealed record TurnRules(TimeSpan Lease, TimeSpan Deadline, int MaxAttempts);

/// <summary>Every maximum of turns that is not configured. Listed for users in <c>docs/limits.md</c>.</summary>
public static class TurnLimits
{
    /// <summary>Turns of an agent that are not over. Each is about 200 bytes of one record.</summary>
    public const int Open = 32;

    /// <summary>Longest answer of a model, bytes of UTF-8. Escaped it can take six times that, and daprd takes 4 MiB by default.</summary>
    public const int AnswerBytes = 512 * 1024;
}

/// <summary>What happens to a message that comes while a turn of its session runs.</summary>
public enum BusyPolicy
{
    /// <summary>It is stored and answered after it.</summary>
    Enqueue,

    /// <summary>It is refused.</summary>
    Reject,

    /// <summary>What runs and waits in the session is canceled.</summary>
    Interrupt,
}
