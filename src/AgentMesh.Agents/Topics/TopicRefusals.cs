using AgentMesh.Primitives;

namespace AgentMesh.Agents.Topics;

/// <summary>Why topics say no, in order of precedence. The codes are those of <c>AgentMesh.Contracts.Topics.TopicCodes</c>; a test holds them together.</summary>
public static class TopicRefusals
{
    /// <summary>The agent has joined as many as it may.</summary>
    public static Refusal TooManyTopics { get; } = new("too_many_topics", $"An agent joins at most {TopicLimits.TopicsOfAnAgent} topics; it leaves one first.");

    /// <summary>As many agents as fit have joined the topic.</summary>
    public static Refusal TopicFull { get; } = new("topic_full", $"The topic has {TopicLimits.Members} members, and no more fit.");
}
