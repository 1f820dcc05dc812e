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
/// <c>GET /admin/tenants/{tenant}</c>, <c>GET,PUT …/budget</c>, <c>POST …/freeze</c>, <c>POST …/unfreeze</c>: what all agents of a tenant may spend
/// together, and whether they may. Safe to repeat.
/// </summary>
internal static class TenantEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/admin/tenants/{tenant}", context => AnswerAsync(context, ReadAsync, WriteTenantAsync))
            .Describe("Reads what a tenant may spend, and whether it may.", operation => operation.Answers<TenantResponse>());
        endpoints.MapGet("/admin/tenants/{tenant}/budget", context => AnswerAsync(context, ReadAsync, WriteBudgetAsync))
            .Describe("Reads what a tenant may spend, and has spent.", operation => operation.Answers<TenantBudgetResponse>());
        endpoints.MapPut("/admin/tenants/{tenant}/budget", context => AnswerAsync(context, SetAsync, WriteBudgetAsync)).WithMetadata(new Audited("tenant.budget.set"))
            .Describe("Sets all limits of a tenant.", operation => operation
                .Takes<TenantBudgetRequest>(TenantBudgetRequestValidator.Describe)
                .Answers<TenantBudgetResponse>()
                .Refuses(AgentRefusals.InvalidBudget));
        endpoints.MapPost("/admin/tenants/{tenant}/freeze", context => AnswerAsync(context, FreezeAsync, WriteTenantAsync)).WithMetadata(new Audited("tenant.freeze"))
            .Describe("Stops what a tenant spends.", operation => operation
                .Takes<FreezeRequest>(FreezeRequestValidator.Describe)
                .Answers<TenantResponse>()
                .Refuses(SpendingRefusals.InvalidReason));
        endpoints.MapPost("/admin/tenants/{tenant}/unfreeze", context => AnswerAsync(context, UnfreezeAsync, WriteTenantAsync)).WithMetadata(new Audited("tenant.unfreeze"))
            .Describe("Lets a tenant spend again.", operation => operation.Answers<TenantResponse>());
    }

    /// <param name="context">The request.</param>
    /// <param name="act">What it asks for; null: it has been answered.</param>
    /// <param name="write">Writes the answer.</param>
    private static async Task AnswerAsync(
        HttpContext context, Func<HttpContext, TenantId, Task<Result<TenantBudget>?>> act, Func<HttpContext, TenantId, TenantBudget, Task> write)
    {
        var tenant = AdminPath.TenantOf(context);
        if (tenant.IsRefused)
            await Problem.WriteAsync(context, tenant.Refusal);
        else if (await act(context, tenant.Value) is { } budget)
            await (budget.IsRefused ? Problem.WriteAsync(context, budget.Refusal) : write(context, tenant.Value, budget.Value));
    }

    private static async Task<Result<TenantBudget>?> ReadAsync(HttpContext context, TenantId tenant) =>
        await AgentCalls.Of(context).GetTenantBudgetAsync(tenant, context.RequestAborted);

    private static async Task<Result<TenantBudget>?> SetAsync(HttpContext context, TenantId tenant)
    {
        if (await JsonRequest.ReadDeclaredAsync(context, RequestJson.Requests.TenantBudgetRequest) is not { } request)
            return null;
        var limits = new SetTenantLimits([.. request.Limits!.Select(limit => new TenantLimitRequest(limit.Asset!, limit.Window!, limit.Limit!))]);
        return await AgentCalls.Of(context).SetTenantLimitsAsync(tenant, limits, context.RequestAborted);
    }

    private static async Task<Result<TenantBudget>?> FreezeAsync(HttpContext context, TenantId tenant)
    {
        if (await JsonRequest.ReadDeclaredAsync(context, RequestJson.Requests.FreezeRequest) is not { } request)
            return null;
        var frozen = await AgentCalls.Of(context).FreezeAsync(tenant, new FreezeTenant(null, request.Reason!), context.RequestAborted);
        return frozen.IsRefused ? frozen.Refusal : await ReadAsync(context, tenant);
    }

    private static async Task<Result<TenantBudget>?> UnfreezeAsync(HttpContext context, TenantId tenant)
    {
        var thawed = await AgentCalls.Of(context).UnfreezeAsync(tenant, new UnfreezeTenant(null), context.RequestAborted);
        return thawed.IsRefused ? thawed.Refusal : await ReadAsync(context, tenant);
    }

    private static Task WriteBudgetAsync(HttpContext context, TenantId tenant, TenantBudget budget) =>
        JsonAnswer.WriteAsync(context, new TenantBudgetResponse(LimitsOf(budget)), GatewayJson.Answers.TenantBudgetResponse);

    private static Task WriteTenantAsync(HttpContext context, TenantId tenant, TenantBudget budget) => JsonAnswer.WriteAsync(
        context,
        new TenantResponse(
            tenant.ToString(),
            budget.Frozen is not null,
            budget.Frozen?.Reason,
            budget.Frozen?.At.UtcDateTime,
            budget.FrozenAgents,
            LimitsOf(budget),
            [.. budget.Leases.Select(lease => new TenantLeaseResponse(lease.Holder, lease.Asset, lease.Held, lease.Until.UtcDateTime))]),
        GatewayJson.Answers.TenantResponse);

    private static List<TenantLimitResponse> LimitsOf(TenantBudget budget) =>
    [
        .. budget.Limits.Select(limit => new TenantLimitResponse(
            "tenant", limit.Asset, limit.Window, limit.Limit, limit.Posted, limit.Held, limit.Available, limit.ResetsAt?.UtcDateTime)),
    ];
}
