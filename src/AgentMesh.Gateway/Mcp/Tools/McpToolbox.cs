using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Tools;

/// <summary>The tools that every agent has for its owner, by name.</summary>
internal sealed class McpToolbox
{
    private readonly SortedDictionary<string, IMcpTool> _tools = new(StringComparer.Ordinal);
    private readonly Tool[] _definitions;
    private readonly Tool[] _plainDefinitions;

    public McpToolbox(IEnumerable<IMcpTool> tools)
    {
        foreach (var tool in tools)
            _tools.Add(tool.Definition.Name, tool);
        _definitions = [.. _tools.Values.Select(tool => tool.Definition)];
        _plainDefinitions = [.. _definitions.Select(Plain)];
    }

    /// <summary>The tool of a name; null when there is none.</summary>
    public IMcpTool? Find(string name) => _tools.GetValueOrDefault(name);

    /// <summary>What a client of a revision is shown, always in the same order.</summary>
    public IReadOnlyList<Tool> List(string? revision) => McpRevisions.HasStructuredContent(revision) ? _definitions : _plainDefinitions;

    private static Tool Plain(Tool tool) =>
        new() { Name = tool.Name, Description = tool.Description, InputSchema = tool.InputSchema, Annotations = tool.Annotations };
}
