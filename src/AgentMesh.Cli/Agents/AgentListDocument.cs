using AgentMesh.Cli.Meshes;

namespace AgentMesh.Cli.Agents;

/// <summary>Agents of a tenant: a part of the list as the gateway tells it, and all of it as <c>--json</c> prints it.</summary>
/// <param name="Agents">In no order that means something.</param>
/// <param name="Total">Agents of the tenant.</param>
/// <param name="StoredBytes">What the messages of all take.</param>
/// <param name="Cursor">Where to go on; null: the list is over.</param>
internal sealed record AgentListDocument(IReadOnlyList<AgentSizeDocument> Agents, int Total, long StoredBytes, string? Cursor = null) : ICheckedDocument
{
    /// <inheritdoc/>
    public bool IsReadable() => !Agents.Contains(null!);
}

/// <summary>An agent.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="StoredBytes">What its messages take.</param>
internal sealed record AgentSizeDocument(string UserId, long StoredBytes);
