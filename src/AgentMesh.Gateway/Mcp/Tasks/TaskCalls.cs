using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.Mcp.Tools;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentMesh.Gateway.Mcp.Tasks;

#pragma warning disable MCPEXP002 // The SDK's only hook for results of a call that are no results of a tool.

/// <summary><c>tools/call</c> of clients that take tasks, and of all others.</summary>
internal sealed class TaskCalls(McpTools tools, AgentCalls calls, TaskReader reader)
{
    /// <summary>Calls a tool; answers with a task when the client takes it and the work goes on.</summary>
    public async Task<ResultOrAlternate<CallToolResult>> CallAsync(McpCaller caller, RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        var task = TaskExtension.IsDeclared(request.JsonRpcRequest) && request.Params?.Name is { } name ? new TaskOffer(calls, caller.Agent, name) : null;
        var result = await tools.CallAsync(caller, request, task, cancellationToken);
        return task?.Taken is { } taken
            ? ResultOrAlternate<CallToolResult>.FromAlternate(reader.Begun(taken), GatewayJson.McpResults.TaskResult)
            : result;
    }
}
