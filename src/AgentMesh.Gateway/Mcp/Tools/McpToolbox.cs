using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Tools;

/// <summary>The tools that agents have for their owners, by name.</summary>
internal sealed class McpToolbox
{
    private readonly SortedDictionary<string, IMcpTool> _tools = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tool> _plainDefinitions = new(StringComparer.Ordinal);

    public McpToolbox(IEnumerable<IMcpTool> tools)
    {
        foreach (var tool in tools)
        {
            _tools.Add(tool.Definition.Name, tool);
            _plainDefinitions.Add(tool.Definition.Name, Plain(tool.Definition));
        }
    }

    /// <summary>An agent's tool of a name; null when there is none.</summary>
    public IMcpTool? Find(AgentKey agent, string name) => _tools.TryGetValue(name, out var tool) && tool.IsOf(agent) ? tool : null;

    /// <summary>What a client of a revision is shown of an agent, always in the same order.</summary>
    public IEnumerable<Tool> List(AgentKey agent, string? revision)
    {
        var tools = _tools.Values.Where(tool => tool.IsOf(agent)).Select(tool => tool.Definition);
        return McpRevisions.HasStructuredContent(revision) ? tools : tools.Select(tool => _plainDefinitions[tool.Name]);
    }

    private static Tool Plain(Tool tool) =>
        new() { Name = tool.Name, Description = tool.Description, InputSchema = tool.InputSchema, Annotations = tool.Annotations };
}
