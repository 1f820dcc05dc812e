namespace AgentMesh.Sidecar.Actors;

/// <summary>An actor's address: its type and id. Case-sensitive, as Redis keys are.</summary>
internal readonly record struct ActorRef(string Type, string Id)
{
    /// <summary>Its path at the app that hosts it.</summary>
    public string AppPath => $"/actors/{Channel.AppPath.Escape(Type)}/{Channel.AppPath.Escape(Id)}";

    /// <summary>As Dapr writes it in errors and keys.</summary>
    public override string ToString() => $"{Type}||{Id}";
}
