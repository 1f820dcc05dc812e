using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Mcp.Tools;
using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Conformance;

/// <summary>A tool of the suite that takes its time: its work is a message to the agent, whose turn is as durable as every turn, and its task is that turn's.</summary>
/// <param name="turns">Sends the message.</param>
/// <param name="definition">As clients see it.</param>
/// <param name="write">The message, or what has to be asked before.</param>
/// <param name="read">What the tool answers of the agent's answer.</param>
/// <param name="needsTask">Whether there is nothing for clients that take no tasks.</param>
internal sealed class TurnTool(
    MessageTurns turns, Tool definition, Func<McpCall, Result<string>> write, Func<string, McpAnswer> read, bool needsTask = false) : ITurnTool
{
    public Tool Definition => definition;

    public bool NeedsTask => needsTask;

    public bool IsOf(AgentKey agent) => ConformanceAgent.Is(agent);

    public async Task<Result<McpAnswer>> RunAsync(McpCall call, CancellationToken cancellationToken)
    {
        var content = write(call);
        if (content.IsRefused)
            return content.Refusal;
        return await turns.RunAsync(this, call, new MessageRequest(content.Value, SessionId: null), cancellationToken);
    }

    public McpAnswer AnswerOf(PostedMessage posted, string status) => posted.Response is { } response ? read(response) : McpAnswer.Text($"The message is {status}.");
}
