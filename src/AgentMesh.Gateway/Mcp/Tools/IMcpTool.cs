using System.Text.Json;
using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Tools;

/// <summary>A tool that every agent has for its owner. A new one is a class, its definition in a file beside it, and a line in <see cref="McpExtensions"/>.</summary>
internal interface IMcpTool
{
    /// <summary>As clients see it; <see cref="McpToolFile"/> reads it.</summary>
    Tool Definition { get; }

    /// <summary>Does it, within the time that the token allows. The answer is of the definition's output schema.</summary>
    /// <param name="call">Whose agent, and the arguments, which are valid by the definition's input schema.</param>
    /// <param name="cancellationToken">Ends with the caller, or when the time is up.</param>
    Task<Result<JsonElement>> RunAsync(McpCall call, CancellationToken cancellationToken);
}
