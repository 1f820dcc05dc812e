using System.Text.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Policies;

/// <summary>
/// <c>GET,PUT,DELETE /agent/{userId}/policy</c>: what the agent may pay, the document as it is; and <c>POST …/policy/evaluate</c>, which asks what it
/// would say, and the budget beside it. Setting it is the admin's, as budgets are: who can be talked into a payment must not be talked into allowing it.
/// </summary>
internal static class PolicyEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/agent/{userId}/policy", GetAsync)
            .Describe("Reads what the agent may pay.", operation => operation.Answers<PolicyResponse>());
        endpoints.MapPut("/agent/{userId}/policy", PutAsync)
            .Describe("Sets what the agent may pay.", operation => operation
                .Takes<JsonDocument>(PolicyDocumentValidator.Describe)
                .Answers<PolicyResponse>()
                .Refuses(PolicyRefusals.InvalidPolicy));
        endpoints.MapDelete("/agent/{userId}/policy", DeleteAsync)
            .Describe("Goes back to the configured policy.", operation => operation.Answers<PolicyResponse>());
        endpoints.MapPost("/agent/{userId}/policy/evaluate", EvaluateAsync)
            .Describe("Asks what policy and budget would say of a payment.", operation => operation
                .Takes<EvaluatePolicyRequest>(EvaluatePolicyRequestValidator.Describe)
                .Answers<EvaluatePolicyResponse>());
    }

    private static async Task GetAsync(HttpContext context) =>
        await AnswerAsync(context, await AgentCalls.Of(context).GetPolicyAsync(AgentPath.KeyOf(context), context.RequestAborted));

    private static async Task PutAsync(HttpContext context)
    {
        if (!await JsonRequest.IsDeclaredAsync(context))
            return;
        // As it came, and read as any JSON: whether it is a policy is the agent's to say, and it says what is wrong by place.
        using var document = await JsonRequest.ReadAsync(context, GatewayJson.Answers.JsonDocument, Documents);
        if (document is null)
            return;
        var policy = new SetPolicy(document.RootElement.GetRawText());
        await AnswerAsync(context, await AgentCalls.Of(context).SetPolicyAsync(AgentPath.KeyOf(context), policy, context.RequestAborted));
    }

    private static async Task DeleteAsync(HttpContext context) =>
        await AnswerAsync(context, await AgentCalls.Of(context).SetPolicyAsync(AgentPath.KeyOf(context), new SetPolicy(null), context.RequestAborted));

    private static async Task EvaluateAsync(HttpContext context)
    {
        if (await JsonRequest.ReadDeclaredAsync(context, RequestJson.Requests.EvaluatePolicyRequest) is not { } request)
            return;
        var agent = AgentPath.KeyOf(context);
        var payment = new EvaluatePolicy(
            request.Direction ?? PaymentDirections.Out, request.Payee!, request.Host, request.Asset!, request.Amount!, request.SessionId, request.Tool);
        var result = await AgentCalls.Of(context).EvaluatePolicyAsync(agent, payment, context.RequestAborted);
        if (result.IsRefused)
        {
            await Problem.WriteAsync(context, result.Refusal);
            return;
        }

        var budget = result.Value.Hold is { } hold ? BudgetVerdictResponse.Of(await WhyNotToSpendAsync(context, agent, hold)) : null;
        await JsonAnswer.WriteAsync(context, EvaluatePolicyResponse.Of(result.Value, budget), GatewayJson.Answers.EvaluatePolicyResponse);
    }

    /// <summary>Why the payment would get no hold; null: it would. In the order in which a payment is refused: a freeze, the tenant's limit, the agent's.</summary>
    private static async Task<SpendingStop?> WhyNotToSpendAsync(HttpContext context, AgentKey agent, HoldEvaluation hold)
    {
        if (hold.Stop is { Code: SpendingRefusals.AgentFrozen } frozen)
            return frozen;
        var spending = new CheckSpending(agent.User.ToString(), hold.Asset, hold.Missing, hold.Lease);
        var tenant = await AgentCalls.Of(context).CheckSpendingAsync(agent.Tenant, spending, context.RequestAborted);
        return tenant.IsRefused ? TenantNotHeard : tenant.Value.Stop ?? hold.Stop;
    }

    private static SpendingStop TenantNotHeard { get; } = new(
        SpendingRefusals.TenantUnknown, "Whether the tenant may spend is not known at the moment, so nothing is spent. Try again.");

    private static PolicyDocumentValidator Documents { get; } = new();

    private static Task AnswerAsync(HttpContext context, Reply<AgentPolicy> reply) => reply.Refusal is { } refusal
        ? Problem.WriteAsync(context, refusal, reply.Errors)
        : JsonAnswer.WriteAsync(context, PolicyResponse.Of(reply.ToResult().Value!), GatewayJson.Answers.PolicyResponse);
}

/// <summary>A policy.</summary>
/// <param name="IsDefault">It is the configured one: the agent has none of its own.</param>
/// <param name="UpdatedAt">When it was set; null for the configured one.</param>
/// <param name="Policy">The document.</param>
internal sealed record PolicyResponse(bool IsDefault, DateTime? UpdatedAt, JsonElement Policy)
{
    public static PolicyResponse Of(AgentPolicy policy) => new(policy.IsDefault, policy.UpdatedAt?.UtcDateTime, JsonElement.Parse(policy.Document));
}

/// <summary>What a policy says of a payment.</summary>
/// <param name="Effect"><c>allow</c>, <c>ask</c> or <c>deny</c>.</param>
/// <param name="Rule">The id of the rule that says so; null when none does.</param>
/// <param name="Reason">One of <see cref="PolicyReasons"/>.</param>
/// <param name="Detail">One sentence.</param>
/// <param name="Budget">What the budget says; null: nothing of a known asset would go out.</param>
internal sealed record EvaluatePolicyResponse(string Effect, string? Rule, string Reason, string Detail, BudgetVerdictResponse? Budget)
{
    public static EvaluatePolicyResponse Of(PolicyEvaluation evaluation, BudgetVerdictResponse? budget) =>
        new(evaluation.Effect, evaluation.RuleId, evaluation.Reason, evaluation.Detail, budget);
}
