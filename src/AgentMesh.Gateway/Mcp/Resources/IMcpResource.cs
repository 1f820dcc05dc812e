using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Resources;

/// <summary>Something of an agent that its owner may read. A new one is a class and a line in <see cref="McpExtensions"/>.</summary>
internal interface IMcpResource
{
    /// <summary>Which agents have it: all, unless the resource says something else.</summary>
    bool IsOf(AgentKey agent) => true;

    /// <summary>As clients see it.</summary>
    Resource DefinitionOf(AgentKey agent);

    /// <summary>Reads it.</summary>
    Task<Result<ResourceContents>> ReadAsync(AgentKey agent, CancellationToken cancellationToken);
}
