namespace AgentMesh.Contracts.Topics;

/// <summary>Refusal codes of topics, in order of precedence. Documented in <c>docs/refusals.md</c>.</summary>
public static class TopicCodes
{
    /// <summary>A name that is none.</summary>
    public const string InvalidTopic = "invalid_topic";

    /// <summary>Whoever sends to a topic has joined it.</summary>
    public const string TopicNotJoined = "topic_not_joined";

    /// <summary>The agent has joined as many topics as it may.</summary>
    public const string TooManyTopics = "too_many_topics";

    /// <summary>As many agents as fit have joined the topic.</summary>
    public const string TopicFull = "topic_full";
}
