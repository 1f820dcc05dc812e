namespace AgentMesh.Sidecar.Resources;

/// <summary>A foreign host that apps call by name (<c>kind: HTTPEndpoint</c>).</summary>
/// <param name="Name">How apps call it.</param>
/// <param name="BaseUrl">Absolute, http or https; the method's path is added after a slash.</param>
internal sealed record HttpEndpoint(string Name, string BaseUrl) : Resource(Name)
{
    /// <summary>Added to each request; they may be secret.</summary>
    public IReadOnlyList<ComponentValue> Headers { get; init; } = [];

    /// <summary>A record prints its members; headers may hold secrets.</summary>
    public override string ToString() => $"{nameof(HttpEndpoint)} {Name}";
}
