using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Budgets;
using AgentMesh.Gateway.Edge;
using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Tools;

/// <summary><c>get_budget</c>: <c>GET /agent/{userId}/budget</c>.</summary>
internal sealed class GetBudgetTool(AgentCalls calls) : IMcpTool
{
    public Tool Definition { get; } = McpToolFile.Read("get_budget");

    public async Task<Result<McpAnswer>> RunAsync(McpCall call, CancellationToken cancellationToken)
    {
        var budget = await calls.GetBudgetAsync(call.Agent, cancellationToken);
        return budget.IsRefused ? budget.Refusal : McpAnswer.Of(BudgetResponse.Of(budget.Value), GatewayJson.Answers.BudgetResponse);
    }
}
