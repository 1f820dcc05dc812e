using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Audit;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Admin;

/// <summary>
/// <c>POST /admin/agents/{userId}/freeze</c> and <c>…/unfreeze</c>, <c>GET …/freeze</c>, each with <c>?tenant=</c>: stops what an agent spends. It goes on
/// answering what costs nothing. Safe to repeat.
/// </summary>
internal static class FreezeEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/admin/agents/{userId}/freeze", FreezeAsync).WithMetadata(new Audited("agent.freeze"))
            .Describe("Stops what an agent spends.", operation => operation
                .TakesTenant()
                .Takes<FreezeRequest>(FreezeRequestValidator.Describe)
                .Answers<AgentFreezeResponse>()
                .Refuses(SpendingRefusals.InvalidReason));
        endpoints.MapPost("/admin/agents/{userId}/unfreeze", UnfreezeAsync).WithMetadata(new Audited("agent.unfreeze"))
            .Describe("Lets an agent spend again.", operation => operation.TakesTenant().Answers<AgentFreezeResponse>());
        endpoints.MapGet("/admin/agents/{userId}/freeze", GetAsync)
            .Describe("Reads whether an agent spends.", operation => operation.TakesTenant().Answers<AgentFreezeResponse>());
    }

    private static async Task FreezeAsync(HttpContext context)
    {
        var agent = AdminPath.AgentOf(context);
        if (agent.IsRefused)
        {
            await Problem.WriteAsync(context, agent.Refusal);
            return;
        }

        if (await JsonRequest.ReadDeclaredAsync(context, RequestJson.Requests.FreezeRequest) is not { } request)
            return;
        var calls = AgentCalls.Of(context);
        // The tenant first, because it reaches the agent even where it has two activations; the agent's own record is what lasts.
        var listed = await calls.FreezeAsync(agent.Value.Tenant, new FreezeTenant(agent.Value.User.ToString(), request.Reason!), context.RequestAborted);
        await AnswerAsync(
            context, agent.Value, listed.IsRefused ? listed.Refusal : await calls.FreezeAsync(agent.Value, new FreezeAgent(request.Reason!), context.RequestAborted));
    }

    private static async Task UnfreezeAsync(HttpContext context)
    {
        var agent = AdminPath.AgentOf(context);
        if (agent.IsRefused)
        {
            await Problem.WriteAsync(context, agent.Refusal);
            return;
        }

        var calls = AgentCalls.Of(context);
        // In the other order: what is cut off in between stays frozen.
        var freeze = await calls.UnfreezeAsync(agent.Value, context.RequestAborted);
        var listed = freeze.IsRefused
            ? freeze.Refusal
            : await calls.UnfreezeAsync(agent.Value.Tenant, new UnfreezeTenant(agent.Value.User.ToString()), context.RequestAborted);
        await AnswerAsync(context, agent.Value, listed.IsRefused ? listed.Refusal : freeze);
    }

    private static async Task GetAsync(HttpContext context)
    {
        var agent = AdminPath.AgentOf(context);
        if (agent.IsRefused)
            await Problem.WriteAsync(context, agent.Refusal);
        else
            await AnswerAsync(context, agent.Value, await AgentCalls.Of(context).GetFreezeAsync(agent.Value, context.RequestAborted));
    }

    private static Task AnswerAsync(HttpContext context, AgentKey agent, Result<AgentFreeze> freeze) => freeze.IsRefused
        ? Problem.WriteAsync(context, freeze.Refusal)
        : JsonAnswer.WriteAsync(
            context,
            new AgentFreezeResponse(agent.User.ToString(), freeze.Value.IsFrozen, freeze.Value.Reason, freeze.Value.At?.UtcDateTime),
            GatewayJson.Answers.AgentFreezeResponse);
}

/// <summary>Freezes an agent or a tenant.</summary>
/// <param name="Reason">Why, for people; 1-200 characters. It stands in the agent's event log.</param>
internal sealed record FreezeRequest(string? Reason);

/// <summary>Whether an agent spends.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="IsFrozen">It does not.</param>
/// <param name="Reason">Why not.</param>
/// <param name="At">Since when not.</param>
internal sealed record AgentFreezeResponse(string UserId, bool IsFrozen, string? Reason, DateTime? At);
