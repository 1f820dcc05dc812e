// MCP9005: the suite asks for sampling, which is deprecated.
#pragma warning disable MCP9005

using AgentMesh.Gateway.Mcp.Questions;
using AgentMesh.Gateway.Mcp.Tools;
using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Conformance;

/// <summary>A tool of the suite that asks only what the client said it can be asked.</summary>
internal sealed class CapabilitiesTool : IMcpTool
{
    public Tool Definition { get; } = ConformanceTool.Define("test_input_required_result_capabilities", "Asks what the client can be asked.");

    public bool IsOf(AgentKey agent) => ConformanceAgent.Is(agent);

    public Task<Result<McpAnswer>> RunAsync(McpCall call, CancellationToken cancellationToken)
    {
        var answers = call.Answers;
        var questions = new Dictionary<string, InputRequest>();
        if (answers.Capabilities.Elicitation is not null && answers.Text("user_name", "name") is null)
            questions["user_name"] = Ask.ForText("What is your name?", "name");
        if (answers.Capabilities.Sampling is not null && answers.Sample("greeting") is null)
            questions["greeting"] = Ask.ForSample("Generate a greeting", maxTokens: 50);
        Result<McpAnswer> result = questions.Count > 0 ? new McpQuestion(questions) : McpAnswer.Text("Nothing more to ask.");
        return Task.FromResult(result);
    }
}
