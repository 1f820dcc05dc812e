using AgentMesh.Contracts.Agents;

namespace AgentMesh.Gateway.Mcp.Tools;

/// <summary>
/// A tool whose work is a turn of the agent (<see cref="MessageTurns"/>). Any gateway says what the turn has come to, for as long as the call is a task.
/// </summary>
internal interface ITurnTool : IMcpTool
{
    /// <summary>What it answers of its message, of the same one always the same.</summary>
    /// <param name="posted">The message; answered when the status says so.</param>
    /// <param name="status">One of <see cref="TurnStatus"/>: <c>completed</c>, <c>queued</c> or <c>running</c>.</param>
    /// <exception cref="ModelContextProtocol.McpProtocolException">The call is answered with an error of JSON-RPC; its task has failed.</exception>
    McpAnswer AnswerOf(PostedMessage posted, string status);
}
