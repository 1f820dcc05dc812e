using AgentMesh.Contracts.Tenants;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Admin;

/// <summary><c>GET /admin/agents?tenant=&amp;limit=&amp;cursor=</c>: a tenant's agents and what their messages take, which is what its quotas are measured by.</summary>
internal static class AgentListEndpoint
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 500;

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/admin/agents", AnswerAsync)
        .Describe("Lists the agents of a tenant, in no order that means something.", operation => AdminPage.Describe(operation, MaxLimit, DefaultLimit)
            .Answers<AgentsResponse>());

    private static async Task AnswerAsync(HttpContext context)
    {
        var page = AdminPage.Read(context, MaxLimit, DefaultLimit);
        if (page.IsRefused)
        {
            await Problem.WriteAsync(context, page.Refusal);
            return;
        }

        var list = await AgentCalls.Of(context).ListAgentsAsync(page.Value.Tenant, new ListAgents(page.Value.Cursor, page.Value.Limit), context.RequestAborted);
        if (list.IsRefused)
        {
            await Problem.WriteAsync(context, list.Refusal);
            return;
        }

        var (agents, next, total, bytes) = list.Value;
        await JsonAnswer.WriteAsync(
            context, new AgentsResponse([.. agents.Select(agent => new AgentSizeResponse(agent.User, agent.Bytes))], total, bytes, next), GatewayJson.Answers.AgentsResponse);
    }
}

/// <summary>A part of a tenant's agents.</summary>
/// <param name="Agents">Those of this part.</param>
/// <param name="Total">Agents of the tenant.</param>
/// <param name="StoredBytes">What the messages of all take.</param>
/// <param name="Cursor">Where to go on; null: the list is over.</param>
internal sealed record AgentsResponse(IReadOnlyList<AgentSizeResponse> Agents, int Total, long StoredBytes, string? Cursor);

/// <summary>An agent.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="StoredBytes">What its messages take, exact to 64 KiB.</param>
internal sealed record AgentSizeResponse(string UserId, long StoredBytes);
