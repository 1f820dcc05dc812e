using System.Text.Json;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Mcp.Resources;

/// <summary>A JSON document of an agent that its owner may read. A new one is a class and a line in <see cref="McpExtensions"/>.</summary>
internal interface IMcpResource
{
    /// <summary>Its place, behind <c>agent://{userId}/</c>.</summary>
    string Path { get; }

    /// <summary>For people.</summary>
    string Title { get; }

    /// <summary>For models: what is in it.</summary>
    string Description { get; }

    /// <summary>Reads it.</summary>
    Task<Result<JsonElement>> ReadAsync(AgentKey agent, CancellationToken cancellationToken);
}
