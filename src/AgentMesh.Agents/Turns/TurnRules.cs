namespace AgentMesh.Agents.Turns;

/// <summary>What a turn may take.</summary>
/// <param name="Lease">How long a run of the model is trusted to live without a word.</param>
/// <param name="Deadline">From the first run to the end without an answer.</param>
/// <param name="MaxAttempts">Runs of the model.</param>
public sealed record TurnRules(TimeSpan Lease, TimeSpan Deadline, int MaxAttempts);

/// <summary>Every maximum of turns that is not configured. Listed for users in <c>docs/limits.md</c>.</summary>
public static class TurnLimits
{
    /// <summary>Turns of an agent that are not over. Each is about 250 bytes of one record, 700 while it is paused.</summary>
    public const int Open = 32;

    /// <summary>Longest answer of a model, bytes of UTF-8. Escaped it can take six times that, and daprd takes 4 MiB by default.</summary>
    public const int AnswerBytes = 512 * 1024;

    /// <summary>
    /// How long a hold outlives the deadline of its turn. An answer that was there in time may take so long to be told; after it the hold counts in
    /// full.
    /// </summary>
    public static readonly TimeSpan HoldSlack = TimeSpan.FromSeconds(60);

    /// <summary>Shortest time between two looks whether a paused turn can go on, when nothing else has changed.</summary>
    public static readonly TimeSpan PauseRetry = TimeSpan.FromSeconds(60);
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
