using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Audit;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.Identity;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Budgets;

/// <summary>
/// <c>GET /agent/{userId}/budget</c>: what an agent may spend and has spent. <c>PUT</c> sets all of its limits and is an admin's.
/// </summary>
internal static class BudgetEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/agent/{userId}/budget", GetAsync)
            .Describe("Reads what the agent may spend, and has spent.", operation => operation.Answers<BudgetResponse>());
        endpoints.MapPut("/agent/{userId}/budget", PutAsync).WithMetadata(AdminOnly.Instance, new Audited("agent.budget.set"))
            .Describe("Sets all limits of an agent.", operation => operation
                .Takes<BudgetRequest>(BudgetRequestValidator.Describe)
                .Answers<BudgetResponse>()
                .Refuses(AgentRefusals.InvalidBudget));
    }

    private static async Task GetAsync(HttpContext context) =>
        await AnswerAsync(context, await AgentCalls.Of(context).GetBudgetAsync(AgentPath.KeyOf(context), context.RequestAborted));

    private static async Task PutAsync(HttpContext context)
    {
        if (await JsonRequest.ReadDeclaredAsync(context, RequestJson.Requests.BudgetRequest) is not { } request)
            return;
        await AnswerAsync(context, await AgentCalls.Of(context).SetBudgetAsync(AgentPath.KeyOf(context), request.ToContract(), context.RequestAborted));
    }

    private static Task AnswerAsync(HttpContext context, Result<AgentBudget> result) => result.IsRefused
        ? Problem.WriteAsync(context, result.Refusal)
        : JsonAnswer.WriteAsync(context, BudgetResponse.Of(result.Value), GatewayJson.Answers.BudgetResponse);
}
