using System.Text.Json.Serialization;

namespace AgentMesh.Sidecar.Registry;

/// <summary>A healthy app process and its sidecar, as the others see them.</summary>
/// <param name="Id">This membership; another one each time.</param>
/// <param name="AppId">Dapr's app id.</param>
/// <param name="Instance">Its name in placement; at most one member has it.</param>
/// <param name="Port">Where the sidecar answers the others, on 127.0.0.1.</param>
/// <param name="Secret">What it wants to be shown: whoever can read the registry may call it, a browser or another user may not.</param>
/// <param name="ActorTypes">What the process hosts; empty when it hosts no (more) actors.</param>
internal sealed record Member(string Id, string AppId, string Instance, int Port, string Secret, IReadOnlyList<string> ActorTypes)
{
    /// <summary>A record prints its members; the secret is never printed.</summary>
    public override string ToString() => $"{Instance} at port {Port}";
}

/// <summary>The registry at one moment.</summary>
/// <param name="Epoch">Rises with each change of members and of what they host.</param>
/// <param name="Members">All whose lease is not over.</param>
internal sealed record RegistryState(long Epoch, IReadOnlyList<MemberState> Members)
{
    /// <summary>All have left the actors that they lost in this epoch: each may serve what is its own.</summary>
    public bool IsSettled => Members.All(member => member.Acknowledged >= Epoch);
}

/// <param name="Member">Who.</param>
/// <param name="Acknowledged">The epoch up to which it has left what it lost.</param>
/// <param name="Left">Until its lease is over.</param>
internal sealed record MemberState(Member Member, long Acknowledged, TimeSpan Left);

/// <summary>Members as they are stored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Member))]
internal sealed partial class RegistryJson : JsonSerializerContext;
