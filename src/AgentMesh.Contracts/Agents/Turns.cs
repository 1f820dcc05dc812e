namespace AgentMesh.Contracts.Agents;

/// <summary>Asks for a turn.</summary>
/// <param name="TurnId">Its id, as <see cref="PostedMessage.TurnId"/> gave it.</param>
public sealed record GetTurn(string TurnId);

/// <summary>Ends a turn that is not over. A turn that is over stays as it is.</summary>
/// <param name="TurnId">Its id.</param>
public sealed record CancelTurn(string TurnId);

/// <summary>Wants a paused turn to go on. One that is not paused stays as it is.</summary>
/// <param name="TurnId">Its id.</param>
public sealed record ResumeTurn(string TurnId);

/// <summary>A turn: the user's message and what became of it.</summary>
/// <param name="TurnId">Its id.</param>
/// <param name="SessionId">The session.</param>
/// <param name="Status">One of <see cref="TurnStatus"/>.</param>
/// <param name="Attempt">Runs of the model so far; 0 while it is queued, and when it is over.</param>
/// <param name="UserSeq">The seq of the user's message.</param>
/// <param name="CreatedAt">When the message was stored, Unix milliseconds.</param>
/// <param name="Answer">Set when <see cref="TurnStatus.Completed"/>.</param>
/// <param name="Error">Set when failed or canceled.</param>
/// <param name="Usage">What a model's answer took.</param>
/// <param name="Pause">Set when <see cref="TurnStatus.Paused"/>.</param>
public sealed record Turn(
    string TurnId, string SessionId, string Status, int Attempt, long UserSeq, long CreatedAt, PostedMessage? Answer, TurnError? Error, TurnUsage? Usage = null,
    TurnPaused? Pause = null);

/// <summary>Why a turn waits.</summary>
/// <param name="At">Since when.</param>
/// <param name="Code">The code of the refusal: <c>budget_exceeded</c>, <c>budget_locked</c>, <c>budget_no_limit</c>.</param>
/// <param name="Detail">Why, safe to show.</param>
/// <param name="Shortage">Where there is not enough; null: it is not about a budget.</param>
public sealed record TurnPaused(DateTimeOffset At, string Code, string Detail, Shortage? Shortage);

/// <summary>Why a turn has no answer.</summary>
/// <param name="Seq">The seq of its <see cref="EventTypes.Error"/> event.</param>
/// <param name="Code">A refusal code: <c>turn_failed</c>, <c>turn_canceled</c>, <c>turn_timed_out</c>.</param>
/// <param name="Detail">Why, safe to show.</param>
public sealed record TurnError(long Seq, string Code, string Detail);

/// <summary>Where a turn stands.</summary>
public static class TurnStatus
{
    /// <summary>Waits for an earlier turn of its session.</summary>
    public const string Queued = "queued";

    /// <summary>A model works on it.</summary>
    public const string Running = "running";

    /// <summary>Waits until there is budget.</summary>
    public const string Paused = "paused";

    /// <summary>Answered.</summary>
    public const string Completed = "completed";

    /// <summary>Over without an answer.</summary>
    public const string Failed = "failed";

    /// <summary>Ended by its owner.</summary>
    public const string Canceled = "canceled";
}

/// <summary>What happens to a message that comes while a turn of its session runs.</summary>
public static class BusyPolicies
{
    /// <summary>It is stored and answered after it. The default.</summary>
    public const string Enqueue = "enqueue";

    /// <summary>It is refused with <c>turn_running</c> and not stored.</summary>
    public const string Reject = "reject";

    /// <summary>The running turn and those waiting are canceled, and it is answered at once.</summary>
    public const string Interrupt = "interrupt";
}
