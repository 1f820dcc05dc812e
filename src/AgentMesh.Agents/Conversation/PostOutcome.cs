using System.Collections.Immutable;
using AgentMesh.Agents.Sessions;

namespace AgentMesh.Agents.Conversation;

/// <summary>What a posted message comes to: a repeat of an earlier one, or records to store.</summary>
public abstract record PostOutcome
{
    private protected PostOutcome()
    {
    }
}

/// <summary>The request was answered before. Nothing is stored; the answer is made again from the page.</summary>
/// <param name="Answer">Where the answer stands.</param>
/// <param name="At">When it was given, as the caller's key remembers it; null when the head recognised the request.</param>
public sealed record RepeatedPost(PagePointer Answer, DateTimeOffset? At) : PostOutcome;

/// <summary>The message and the reply to it, as records to store in one transaction: buckets, then pages, then the head.</summary>
/// <param name="Buckets">None without a key, else its bucket and at most one that was pruned to make room.</param>
/// <param name="Pages">One or two, by rising number.</param>
/// <param name="Session">The session after it; null for the default one, which is in the head.</param>
/// <param name="Head">The head after it.</param>
/// <param name="Answer">What to answer once all is stored.</param>
public sealed record StoredPost(
    ImmutableArray<NumberedBucket> Buckets,
    ImmutableArray<NumberedPage> Pages,
    SessionRecord? Session,
    AgentHead Head,
    PostAnswer Answer) : PostOutcome;

/// <summary>A page to store.</summary>
/// <param name="N">Its number.</param>
/// <param name="Page">Its content.</param>
public readonly record struct NumberedPage(int N, MessagePage Page);

/// <summary>A bucket to store.</summary>
/// <param name="N">Its number.</param>
/// <param name="Bucket">Its content.</param>
public readonly record struct NumberedBucket(int N, IdempotencyBucket Bucket);

/// <summary>What the caller is told.</summary>
/// <param name="Response">The assistant's text.</param>
/// <param name="MessageCount">The agent's messages, this exchange included.</param>
/// <param name="Seq">The assistant's message's seq.</param>
/// <param name="TurnId">The turn's number as decimal text.</param>
/// <param name="SessionId">The session.</param>
public sealed record PostAnswer(string Response, long MessageCount, long Seq, string TurnId, string SessionId);
