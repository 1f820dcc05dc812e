using AgentMesh.Gateway.Mcp.Questions;
using AgentMesh.Gateway.Mcp.Tools;
using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Conformance;

/// <summary>Tools of the suite that ask once, in each of the ways that there are.</summary>
internal static class InputTools
{
    private const string Asked = "asked";

    /// <summary>All of them.</summary>
    public static IEnumerable<ConformanceTool> All() =>
    [
        new("test_input_required_result_elicitation", "Asks for a name.", AskName),
        new("test_streaming_elicitation", "Asks for a name.", AskName),
        new("test_input_required_result_sampling", "Asks the client's model.", AskModel),
        new("test_missing_capability", "Asks the client's model.", AskModel),
        new("test_input_required_result_list_roots", "Asks for folders.", AskRoots),
        new("test_input_required_result_request_state", "Asks for a yes, and demands its state.", AskConsent),
        new("test_input_required_result_tampered_state", "Asks for a yes, and demands its state.", AskConsent),
        new("test_input_required_result_multiple_inputs", "Asks for a name, a greeting and folders.", AskAll),
    ];

    private static Result<McpAnswer> AskName(McpCall call) => call.Answers.Text("user_name", "name") is { } name
        ? McpAnswer.Text($"Hello, {name}!")
        : new McpQuestion("user_name", Name());

    private static Result<McpAnswer> AskModel(McpCall call) => call.Answers.Sample("capital_question") is { } said
        ? McpAnswer.Text(said)
        : new McpQuestion("capital_question", Ask.ForSample("What is the capital of France?", maxTokens: 100));

    private static Result<McpAnswer> AskRoots(McpCall call) => call.Answers.Roots("client_roots") is { } count
        ? McpAnswer.Text($"The client has {count} roots.")
        : new McpQuestion("client_roots", Ask.ForRoots());

    private static Result<McpAnswer> AskConsent(McpCall call) => call.Answers.State == Asked && call.Answers.Consents("confirm", "ok")
        ? McpAnswer.Text("state-ok")
        : new McpQuestion("confirm", Ask.ForConsent("Please confirm", "ok"), Asked);

    private static Result<McpAnswer> AskAll(McpCall call)
    {
        var answers = call.Answers;
        if (answers is { State: Asked } && answers.Text("user_name", "name") is { } name && answers.Sample("greeting") is { } greeting && answers.Roots("client_roots") is { } count)
            return McpAnswer.Text($"{greeting} {name} has {count} roots.");
        return new McpQuestion(
            new Dictionary<string, InputRequest>
            {
                ["user_name"] = Name(),
                ["greeting"] = Ask.ForSample("Generate a greeting", maxTokens: 50),
                ["client_roots"] = Ask.ForRoots(),
            },
            Asked);
    }

    private static InputRequest Name() => Ask.ForText("What is your name?", "name");
}
