namespace AgentMesh.Agents.Turns;

/// <summary>A turn that is not over.</summary>
/// <param name="Turn">Its number: the seq of the user's message. A JSON integer below 2^48.</param>
/// <param name="Session">Its session.</param>
/// <param name="Page">The page of the session that the user's message stands in.</param>
/// <param name="Attempt">Runs of the model so far; 0: it waits for an earlier turn of its session.</param>
/// <param name="LeaseUntil">When the run that works on it is given up, unless it says before that it lives. No meaning while it waits.</param>
/// <param name="CreatedAt">When the user's message was stored.</param>
/// <param name="Deadline">When it ends without an answer. No meaning while it waits.</param>
/// <param name="Tool">The tool that its message calls and whose result is the answer; null: a model answers.</param>
public sealed record OpenTurn(
    long Turn, string Session, int Page, int Attempt, DateTimeOffset LeaseUntil, DateTimeOffset CreatedAt, DateTimeOffset Deadline, string? Tool)
{
    /// <summary>True while it waits for an earlier turn of its session.</summary>
    internal bool IsQueued => Attempt == 0;
}

/// <summary>A run of the model that is due.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Attempt">Which run: what an earlier one still says is not listened to.</param>
public readonly record struct TurnRun(long Turn, int Attempt);
