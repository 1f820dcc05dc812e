using System.Text.Json;
using AgentMesh.Gateway.Mcp.Tools;
using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Conformance;

/// <summary>A tool of the suite, which calls it without arguments and knows what it answers.</summary>
/// <param name="name">By which the suite knows it.</param>
/// <param name="description">For people who look at the list.</param>
/// <param name="run">What it does.</param>
internal sealed class ConformanceTool(string name, string description, Func<McpCall, Result<McpAnswer>> run) : IMcpTool
{
    private static readonly JsonElement NoArguments = JsonElement.Parse("""{"type":"object","properties":{},"additionalProperties":false}""");

    public Tool Definition { get; } = Define(name, description);

    /// <summary>The definition of such a tool.</summary>
    public static Tool Define(string name, string description) => new() { Name = name, Description = description, InputSchema = NoArguments };

    public bool IsOf(AgentKey agent) => ConformanceAgent.Is(agent);

    public Task<Result<McpAnswer>> RunAsync(McpCall call, CancellationToken cancellationToken) => Task.FromResult(run(call));
}
