namespace AgentMesh.Cli.Meshes;

/// <summary>Where a mesh is.</summary>
/// <param name="Gateway">Its gateway.</param>
/// <param name="Facilitator">Its simulated facilitator; null when it runs none.</param>
/// <param name="IsFacilitatorNamed">The user named the facilitator, or a file that does: it is asked for sellers elsewhere too.</param>
internal sealed record MeshPlace(Uri Gateway, Uri? Facilitator, bool IsFacilitatorNamed)
{
    /// <summary>The gateway of <c>dapr/dapr.yaml</c>.</summary>
    public const string DefaultGateway = "http://127.0.0.1:8080";

    /// <summary>The facilitator of <c>dapr/dapr.yaml</c>.</summary>
    public const string DefaultFacilitator = "http://127.0.0.1:8083";

    /// <summary>The ports of <c>dapr/dapr.yaml</c>.</summary>
    public static MeshPlace Default { get; } = new(new Uri(DefaultGateway), new Uri(DefaultFacilitator), false);

    /// <summary>An address below a server's.</summary>
    /// <param name="server">With or without a slash at its end.</param>
    /// <param name="path">Without a slash at its start.</param>
    public static Uri Below(Uri server, string path) => new($"{server.AbsoluteUri.TrimEnd('/')}/{path}");
}
