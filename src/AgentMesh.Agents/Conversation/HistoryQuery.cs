using System.Collections.Immutable;

namespace AgentMesh.Agents.Conversation;

/// <summary>Asks for a page of the conversation.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Limit">1-1000 messages.</param>
/// <param name="Before">Only messages with a smaller seq; null for the newest.</param>
/// <param name="Text">Only messages that have this text in them, upper and lower case alike; null for all.</param>
public readonly record struct HistoryQuery(string SessionId, int Limit, long? Before, string? Text = null);

/// <summary>A page of the conversation.</summary>
/// <param name="Messages">Oldest first.</param>
/// <param name="NextBefore">The <c>before</c> of the next older page; null at the end.</param>
public sealed record HistorySlice(ImmutableArray<StoredMessage> Messages, long? NextBefore)
{
    /// <summary>Nothing there.</summary>
    public static HistorySlice Empty { get; } = new([], null);
}
