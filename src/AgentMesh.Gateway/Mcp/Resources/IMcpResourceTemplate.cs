using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Resources;

/// <summary>Many resources of an agent, whose names differ in an argument. A new one is a class and a line in <see cref="McpExtensions"/>.</summary>
internal interface IMcpResourceTemplate
{
    /// <summary>Which agents have it: all, unless the template says something else.</summary>
    bool IsOf(AgentKey agent) => true;

    /// <summary>As clients see it.</summary>
    ResourceTemplate DefinitionOf(AgentKey agent);

    /// <summary>Reads one; refused with <c>not_found</c> when it has not this name.</summary>
    Task<Result<ResourceContents>> ReadAsync(AgentKey agent, string uri, CancellationToken cancellationToken);
}
