using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Tools;

/// <summary><c>send_message</c>: a message, and its answer.</summary>
internal sealed class SendMessageTool(MessageTurns turns) : ITurnTool
{
    public Tool Definition { get; } = McpToolFile.Read("send_message");

    public Task<Result<McpAnswer>> RunAsync(McpCall call, CancellationToken cancellationToken)
    {
        var request = new MessageRequest(call.Arguments.Text("content"), call.Arguments.Text("sessionId"), call.Arguments.Text("ifBusy"));
        return turns.RunAsync(this, call, request, cancellationToken);
    }

    public McpAnswer AnswerOf(PostedMessage posted, string status) => McpAnswer.Of(MessageOutput.Of(posted, status), GatewayJson.Answers.MessageOutput);
}
