namespace AgentMesh.Contracts.Agents;

/// <summary>Where outside services publish messages to agents.</summary>
public static class MailEvents
{
    /// <summary>The Dapr pub/sub component.</summary>
    public const string Component = "pubsub";

    /// <summary>The topic.</summary>
    public const string Topic = "agentmesh.mail";

    /// <summary>Where an event goes that is refused for good, or was asked for again as often as the inbound policy says.</summary>
    public const string DeadLetterTopic = "agentmesh.mail.dead";
}
