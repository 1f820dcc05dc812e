using AgentMesh.Gateway.Mcp.Questions;
using AgentMesh.Gateway.Mcp.Tools;
using AgentMesh.Primitives;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Conformance;

/// <summary>Tools of the suite for the extension for tasks. The model that answers them waits as long as the message says, and fails when it says so.</summary>
internal static class TaskTools
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Func<MessageTurns, IMcpTool>> All() =>
    [
        _ => new ConformanceTool(McpToolFile.Read("greet"), call => McpAnswer.Text($"Hello, {call.Arguments.Text("name")}!")),
        turns => new TurnTool(turns, McpToolFile.Read("slow_compute"), call => $"Compute for {call.Arguments.Number("seconds")} s.", McpAnswer.Text),
        turns => new TurnTool(turns, ConformanceTool.Define("failing_job", "Fails after a second."), _ => "Fail after 1 s.", McpAnswer.Text, needsTask: true),
        turns => new TurnTool(turns, ConformanceTool.Define("protocol_error_job", "Ends in an error of the protocol after a second."), _ => "Answer after 1 s.", _ => throw Unreadable()),
        turns => new TurnTool(turns, ConformanceTool.Define("test_tool_with_task", "Asks for a name, and greets after a second."), Greeting, McpAnswer.Text, needsTask: true),
        turns => new TurnTool(turns, McpToolFile.Read("confirm_delete"), Confirm, McpAnswer.Text),
        _ => new ConformanceTool("multi_input", "Asks for two names.", AskTwo),
    ];

    private static Result<string> Greeting(McpCall call) => call.Answers.Text("user_name", "name") is { } name
        ? $"Greet {name} after 1 s."
        : new McpQuestion("user_name", Ask.ForText("What is your name?", "name"));

    private static Result<string> Confirm(McpCall call)
    {
        var name = call.Arguments.Text("filename");
        if (call.Answers.Accepted("confirm") is null)
            return new McpQuestion("confirm", Ask.ForConsent($"Delete {name}?", "confirm")) { MayTakeLong = true };
        return call.Answers.Consents("confirm", "confirm") ? $"Delete {name}." : $"Leave {name}.";
    }

    private static Result<McpAnswer> AskTwo(McpCall call)
    {
        var (first, second) = (call.Answers.Text("first", "name"), call.Answers.Text("second", "name"));
        if (first is not null && second is not null)
            return McpAnswer.Text($"Hello, {first} and {second}!");
        var questions = new Dictionary<string, InputRequest>();
        if (first is null)
            questions["first"] = Ask.ForText("What is your name?", "name");
        if (second is null)
            questions["second"] = Ask.ForText("And yours?", "name");
        return new McpQuestion(questions) { MayTakeLong = true };
    }

    private static McpProtocolException Unreadable() => new("The agent's answer is none that the tool can read.", McpErrorCode.InternalError);
}
