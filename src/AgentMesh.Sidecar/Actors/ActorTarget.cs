namespace AgentMesh.Sidecar.Actors;

/// <summary>One actor in memory: its turn, its stay in a process, when it was last called.</summary>
internal sealed class ActorTarget(ActorRef actor)
{
    public ActorRef Actor { get; } = actor;

    public TurnLock Turn { get; } = new();

    /// <summary>
    /// The process that may hold the actor's instance. Written only by the holder of the turn; null before the first call.
    /// </summary>
    public ActorActivation? Activation
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    /// <summary>Calls of a reentrant turn in the app; guarded by <see cref="Placing"/>. The actor cannot move below them.</summary>
    public int Calls { get; set; }

    /// <summary>Taken by the calls that share a reentrant turn while they find the actor's process.</summary>
    public SemaphoreSlim Placing => LazyInitializer.EnsureInitialized(ref field, static () => new SemaphoreSlim(1));

    /// <summary>A <see cref="TimeProvider"/> timestamp; the start of the last call.</summary>
    public long LastCall
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }
}
