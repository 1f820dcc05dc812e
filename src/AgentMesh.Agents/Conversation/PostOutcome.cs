using System.Collections.Immutable;
using AgentMesh.Agents.Limits;
using AgentMesh.Agents.Turns;

namespace AgentMesh.Agents.Conversation;

/// <summary>What a posted message comes to: a repeat of an earlier one, a refusal for now, or records to store.</summary>
public abstract record PostOutcome
{
    private protected PostOutcome()
    {
    }
}

/// <summary>The request was answered before. Nothing is stored; the answer is made again from the page.</summary>
/// <param name="Answer">Where the answer stands, or the message that waits for it.</param>
/// <param name="At">When it was given, as the caller's key remembers it; null when the head recognised the request.</param>
public sealed record RepeatedPost(PagePointer Answer, DateTimeOffset? At) : PostOutcome;

/// <summary>The agent has accepted as many messages as it does.</summary>
/// <param name="Rate">The limit.</param>
public sealed record LimitedPost(RateState Rate) : PostOutcome;

/// <summary>A turn of its session waits until there is budget: the message would wait behind it, and is refused.</summary>
/// <param name="TurnId">That turn.</param>
/// <param name="Pause">Why it waits.</param>
public sealed record PausedPost(string TurnId, TurnPause Pause) : PostOutcome;

/// <summary>The message, and the reply to it when there is one at once, as records to store in one transaction.</summary>
/// <param name="Change">The records.</param>
/// <param name="Answer">What to answer once all is stored.</param>
/// <param name="Rate">What is left of the limit; null without one.</param>
/// <param name="Runs">Runs of the model that are due then.</param>
public sealed record StoredPost(AgentChange Change, PostAnswer Answer, RateState? Rate, ImmutableArray<TurnRun> Runs) : PostOutcome;

/// <summary>What the caller is told.</summary>
/// <param name="Response">The assistant's text; null while the turn is not over.</param>
/// <param name="MessageCount">The agent's messages, the message of <paramref name="Seq"/> included.</param>
/// <param name="Seq">The assistant's message's seq; the user's while there is none.</param>
/// <param name="TurnId">The turn's number as decimal text.</param>
/// <param name="SessionId">The session.</param>
/// <param name="At">When the message of <paramref name="Seq"/> was stored.</param>
/// <param name="UserSeq">The user's message's seq.</param>
/// <param name="UserAt">When that was stored; in a repeat whose message stands in another page than its answer, when the answer was.</param>
public sealed record PostAnswer(
    string? Response, long MessageCount, long Seq, string TurnId, string SessionId, DateTimeOffset At, long UserSeq, DateTimeOffset UserAt);
