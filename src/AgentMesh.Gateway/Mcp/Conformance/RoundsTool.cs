using AgentMesh.Gateway.Mcp.Questions;
using AgentMesh.Gateway.Mcp.Tools;
using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Conformance;

/// <summary>A tool of the suite that asks twice, and carries the first answer in its state.</summary>
internal sealed class RoundsTool : IMcpTool
{
    private const string First = "step1";
    private const string Second = "step2:";

    public Tool Definition { get; } = ConformanceTool.Define("test_input_required_result_multi_round", "Asks for a name, then for a color.");

    public bool IsOf(AgentKey agent) => ConformanceAgent.Is(agent);

    public Task<Result<McpAnswer>> RunAsync(McpCall call, CancellationToken cancellationToken) => Task.FromResult(Run(call.Answers));

    private static Result<McpAnswer> Run(McpAnswers answers) => answers.State switch
    {
        First when answers.Text("step1", "name") is { } name => AskColor(Second + name),
        { } state when state.StartsWith(Second, StringComparison.Ordinal) =>
            answers.Text("step2", "color") is { } color ? McpAnswer.Text($"{state[Second.Length..]} likes {color}.") : AskColor(state),
        _ => new McpQuestion("step1", Ask.ForText("Step 1: What is your name?", "name"), First),
    };

    private static McpQuestion AskColor(string state) => new("step2", Ask.ForText("Step 2: What is your favorite color?", "color"), state);
}
