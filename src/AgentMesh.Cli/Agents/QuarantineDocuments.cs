using AgentMesh.Cli.Meshes;

namespace AgentMesh.Cli.Agents;

/// <summary>A tenant's damaged agents, as the gateway tells them.</summary>
/// <param name="Agents">The one that was found first is first.</param>
internal sealed record QuarantineDocument(IReadOnlyList<QuarantinedAgentDocument> Agents) : ICheckedDocument
{
    /// <inheritdoc/>
    public bool IsReadable() => !Agents.Contains(null!);
}

/// <summary>A damaged agent.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="Reason">What of it is damaged.</param>
/// <param name="Since">When that was found.</param>
internal sealed record QuarantinedAgentDocument(string UserId, string Reason, DateTimeOffset Since);

/// <summary>What became of a release.</summary>
/// <param name="UserId">Whose agent.</param>
/// <param name="IsQuarantined">It is still on the list.</param>
internal sealed record ReleaseDocument(string UserId, bool IsQuarantined);
