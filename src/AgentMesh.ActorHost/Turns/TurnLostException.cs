namespace AgentMesh.ActorHost.Turns;

/// <summary>Another run has the turn: what this one was about to do must not be done.</summary>
internal sealed class TurnLostException() : Exception("Another run has the turn.");
