using AgentMesh.Agents.Mail;

namespace AgentMesh.Agents.Topics;

/// <summary>Every maximum of topics, once. Listed for users in <c>docs/limits.md</c>.</summary>
public static class TopicLimits
{
    /// <summary>Agents that have joined a topic: one request of mail reaches them all.</summary>
    public const int Members = MailLimits.ReceiversAtOnce;

    /// <summary>Topics that an agent has joined. An erasure leaves each of them.</summary>
    public const int TopicsOfAnAgent = 64;
}
