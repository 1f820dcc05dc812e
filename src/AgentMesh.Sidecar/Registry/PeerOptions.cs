using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.Registry;

/// <summary>What a sidecar needs to be one of several: the layout of one <c>daprd</c> for each app.</summary>
internal sealed record PeerOptions
{
    /// <summary>The Redis of the registry. It has to be that of the actors' state: there a late write is told from one in time.</summary>
    public required RedisStoreOptions Redis { get; init; }

    /// <summary>Where the other sidecars call, on 127.0.0.1.</summary>
    public required int Port { get; init; }

    /// <summary>What they have to show.</summary>
    public required string Secret { get; init; }

    /// <summary>A record prints its members; the secret is never printed.</summary>
    public override string ToString() => nameof(PeerOptions);
}
