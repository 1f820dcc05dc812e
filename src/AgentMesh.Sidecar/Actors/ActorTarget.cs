using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Actors;

/// <summary>One actor in memory: its turn, the process it is active in, when it was last called.</summary>
internal sealed class ActorTarget(ActorRef actor)
{
    private long _lastCall;

    public ActorRef Actor { get; } = actor;

    public TurnLock Turn { get; } = new();

    /// <summary>
    /// The process that may hold the actor's instance. Written only by the holder of the turn; null before the first call.
    /// </summary>
    public AppConnection? Owner { get; set; }

    /// <summary>A <see cref="TimeProvider"/> timestamp; the start of the last call.</summary>
    public long LastCall
    {
        get => Volatile.Read(ref _lastCall);
        set => Volatile.Write(ref _lastCall, value);
    }
}
