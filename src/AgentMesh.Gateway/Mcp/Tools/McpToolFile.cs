using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Tools;

/// <summary>Reads definitions of tools, which are files in the words of MCP: what clients see can be read in one place.</summary>
internal static class McpToolFile
{
    private static readonly JsonTypeInfo<Tool> Type = (JsonTypeInfo<Tool>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(Tool));

    /// <summary>Reads <c>{name}.json</c>.</summary>
    /// <exception cref="InvalidOperationException">There is none, or it defines a tool of another name: a mistake of the build.</exception>
    public static Tool Read(string name)
    {
        using var file = typeof(McpToolFile).Assembly.GetManifestResourceStream($"AgentMesh.Gateway.Mcp.{name}.json");
        return file is not null && JsonSerializer.Deserialize(file, Type) is { } tool && tool.Name == name
            ? tool
            : throw new InvalidOperationException($"The tool {name} has no definition of its name.");
    }
}
