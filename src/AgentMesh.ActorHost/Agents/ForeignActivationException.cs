namespace AgentMesh.ActorHost.Agents;

/// <summary>
/// Another activation of the same agent has written since this one read. A fault and not a refusal: the turn must leave
/// nothing behind, and the gateway's retry finds the agent's true state.
/// </summary>
internal sealed class ForeignActivationException() : Exception("Another activation of this agent has written; this one starts over.");
