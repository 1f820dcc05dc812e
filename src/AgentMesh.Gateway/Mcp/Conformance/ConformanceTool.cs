using System.Text.Json;
using AgentMesh.Gateway.Mcp.Tools;
using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Conformance;

/// <summary>A tool of the suite, which knows what it answers.</summary>
/// <param name="definition">As clients see it.</param>
/// <param name="run">What it does.</param>
internal sealed class ConformanceTool(Tool definition, Func<McpCall, Result<McpAnswer>> run) : IMcpTool
{
    private static readonly JsonElement NoArguments = JsonElement.Parse("""{"type":"object","properties":{},"additionalProperties":false}""");

    /// <summary>One without arguments.</summary>
    public ConformanceTool(string name, string description, Func<McpCall, Result<McpAnswer>> run)
        : this(Define(name, description), run)
    {
    }

    public Tool Definition => definition;

    /// <summary>The definition of a tool without arguments.</summary>
    public static Tool Define(string name, string description) => new() { Name = name, Description = description, InputSchema = NoArguments };

    public bool IsOf(AgentKey agent) => ConformanceAgent.Is(agent);

    public Task<Result<McpAnswer>> RunAsync(McpCall call, CancellationToken cancellationToken) => Task.FromResult(run(call));
}
