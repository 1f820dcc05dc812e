using AgentMesh.Gateway.Mcp.Tools;
using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Conformance;

/// <summary>A tool of the suite that says three times how far it is.</summary>
internal sealed class ProgressTool(TimeProvider timeProvider) : IMcpTool
{
    private const float Total = 100;

    private static readonly float[] Steps = [0, 50, 100];

    // The suite's: notices that come at once would not show that they come before the answer.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public Tool Definition { get; } = ConformanceTool.Define("test_tool_with_progress", "Reports its progress.");

    public bool IsOf(AgentKey agent) => ConformanceAgent.Is(agent);

    public async Task<Result<McpAnswer>> RunAsync(McpCall call, CancellationToken cancellationToken)
    {
        foreach (var step in Steps)
        {
            await call.Progress.ReportAsync(step, Total, cancellationToken);
            await Task.Delay(Pause, timeProvider, cancellationToken);
        }

        return McpAnswer.Text("The tool went all the way.");
    }
}
