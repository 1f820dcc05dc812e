namespace AgentMesh.Contracts.Agents;

/// <summary>
/// What everybody may hear of agents: CloudEvents on <see cref="Topic"/> of the pub/sub component <see cref="Component"/>, one for each event of an agent's
/// log, and one when it has been erased. They carry ids and figures, and never the text of a message. At least once, in the order of the log except after a
/// crash; a repeat has the id of the first. Described in <c>docs/events.md</c>.
/// </summary>
public static class DomainEvents
{
    /// <summary>The component.</summary>
    public const string Component = "pubsub";

    /// <summary>The topic.</summary>
    public const string Topic = "agentmesh.events";

    /// <summary>An agent has been erased; the only one that is not in a log, because the log is gone.</summary>
    public const string Erased = "erased";

    /// <summary>The CloudEvents type of an event: it says what the data looks like, and a change of that that breaks readers gets another number.</summary>
    /// <param name="type">One of <see cref="EventTypes"/>, or <see cref="Erased"/>.</param>
    public static string TypeOf(string type) => $"com.agentmesh.agent.{type}.v1";
}
