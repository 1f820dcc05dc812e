using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Audit;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Gateway.Owner;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Admin;

/// <summary>
/// <c>GET /admin/agents/quarantined</c>, the agents whose stored state was found damaged, and <c>POST /admin/agents/{userId}/release</c>, which reads all that an
/// export has and takes the agent off the list when nothing of it is damaged any more; each with <c>?tenant=</c>. Safe to repeat.
/// </summary>
internal static class QuarantineEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/admin/agents/quarantined", ListAsync)
            .Describe("Lists the agents of a tenant whose stored state is damaged, those that were found first before the others; at most 1,000.", operation => operation
                .TakesTenant().Answers<QuarantinedAgentsResponse>());
        endpoints.MapPost("/admin/agents/{userId}/release", ReleaseAsync).WithMetadata(new Audited("agent.release"))
            .Describe("Takes an agent off the list of those that are damaged, when all of it can be read.", operation => operation
                .TakesTenant().Answers<ReleasedAgentResponse>());
    }

    private static async Task ListAsync(HttpContext context)
    {
        var tenant = AdminPath.ReadTenant(context);
        if (tenant.IsRefused)
        {
            await Problem.WriteAsync(context, tenant.Refusal);
            return;
        }

        var list = await AgentCalls.Of(context).ListQuarantinedAsync(tenant.Value, context.RequestAborted);
        if (list.IsRefused)
        {
            await Problem.WriteAsync(context, list.Refusal);
            return;
        }

        await JsonAnswer.WriteAsync(
            context,
            new QuarantinedAgentsResponse([.. list.Value.Agents.Select(agent => new QuarantinedAgentResponse(agent.User, agent.Reason, agent.Since.UtcDateTime))]),
            GatewayJson.Answers.QuarantinedAgentsResponse);
    }

    private static async Task ReleaseAsync(HttpContext context)
    {
        var agent = AdminPath.AgentOf(context);
        if (agent.IsRefused)
        {
            await Problem.WriteAsync(context, agent.Refusal);
            return;
        }

        // What is still damaged is refused with what it is, and the agent has noted that itself.
        if (await ExportEndpoint.ReadAsync(context, agent.Value) is { } damaged)
        {
            await Problem.WriteAsync(context, damaged);
            return;
        }

        var released = await AgentCalls.Of(context).ReleaseQuarantineAsync(agent.Value, context.RequestAborted);
        if (released.IsRefused)
            await Problem.WriteAsync(context, released.Refusal);
        else
            await JsonAnswer.WriteAsync(context, new ReleasedAgentResponse(agent.Value.User.ToString(), released.Value.IsListed), GatewayJson.Answers.ReleasedAgentResponse);
    }
}

/// <summary>The damaged agents of a tenant.</summary>
/// <param name="Agents">The one that was found first is first.</param>
internal sealed record QuarantinedAgentsResponse(IReadOnlyList<QuarantinedAgentResponse> Agents);

/// <summary>An agent that is damaged: it refuses what needs the damaged record, with <c>agent_quarantined</c>.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="Reason">What of it is damaged, as it was last found.</param>
/// <param name="Since">When that was found first.</param>
internal sealed record QuarantinedAgentResponse(string UserId, string Reason, DateTime Since);

/// <summary>An agent of which everything can be read.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="IsQuarantined">It is still on the list.</param>
internal sealed record ReleasedAgentResponse(string UserId, bool IsQuarantined);
