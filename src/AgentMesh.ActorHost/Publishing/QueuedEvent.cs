using AgentMesh.Agents.Events;

namespace AgentMesh.ActorHost.Publishing;

/// <summary>An event that is to be published.</summary>
/// <param name="Feed">Whose.</param>
/// <param name="Event">The event; null: the agent has been erased, and it is the last there is of it.</param>
/// <param name="At">When it was erased; of no meaning with an event.</param>
internal readonly record struct QueuedEvent(AgentFeed Feed, LoggedEvent? Event, DateTimeOffset At = default);
