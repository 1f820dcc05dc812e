using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Tasks;

/// <summary>
/// The extension for tasks of MCP (SEP-2663), of revision 2026-07-28 and later: of older clients nothing that they say makes one. Whether a client takes
/// tasks each request says by itself.
/// </summary>
internal static class TaskExtension
{
    private const string Id = "io.modelcontextprotocol/tasks";

    /// <summary>What a server says that has it.</summary>
    public static ServerCapabilities Server => new() { Extensions = Named() };

    /// <summary>True when a request's client takes tasks.</summary>
    public static bool IsDeclared(JsonRpcRequest request) =>
        McpRevisions.HasNoHandshake(request.Context?.ProtocolVersion) && request.Context?.ClientCapabilities?.Extensions?.ContainsKey(Id) == true;

    /// <summary>Refuses a request about tasks whose client does not take them.</summary>
    /// <exception cref="MissingRequiredClientCapabilityException">It does not: -32021.</exception>
    public static void Require(JsonRpcRequest request)
    {
        if (!IsDeclared(request))
            throw Missing();
    }

    /// <summary>What a client is told that does not take tasks, where there is nothing else for it.</summary>
    public static MissingRequiredClientCapabilityException Missing() =>
        new(new ClientCapabilities { Extensions = Named() }, $"This is for clients with the extension {Id} alone.");

    private static Dictionary<string, object> Named() => new() { [Id] = new JsonObject() };
}
