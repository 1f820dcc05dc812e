using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using FluentValidation;

namespace AgentMesh.Gateway.Policies;

/// <summary><c>GET /agent/{userId}/approvals?state=</c>, <c>GET,POST …/approvals/{id}</c>: payments that the owner is asked about.</summary>
internal static class ApprovalEndpoints
{
    private static readonly Refusal InvalidState = new(EdgeRefusals.InvalidRequest, $"state must be one of {string.Join(", ", ApprovalStates.All)}.");
    private static readonly Refusal NotFound = new(PolicyRefusals.ApprovalNotFound, "The agent has no such approval.");

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/agent/{userId}/approvals", ListAsync)
            .Describe("Lists the payments that the owner is asked about.", operation => operation
                .Query("state", "Only those that stand there.", Schema.OneOf(ApprovalStates.All))
                .Answers<ApprovalListResponse>()
                .Refuses(EdgeRefusals.InvalidRequest));
        endpoints.MapGet("/agent/{userId}/approvals/{approvalId}", GetAsync)
            .Describe("Reads what the owner is asked about a payment.", operation => operation.Answers<ApprovalResponse>().Refuses(PolicyRefusals.ApprovalNotFound));
        endpoints.MapPost("/agent/{userId}/approvals/{approvalId}", DecideAsync)
            .Describe("Decides whether a payment may be made.", operation => operation
                .Takes<DecideApprovalRequest>(DecideApprovalRequestValidator.Describe)
                .Answers<ApprovalResponse>()
                .Refuses(PolicyRefusals.ApprovalNotFound, PolicyRefusals.ApprovalDecided));
    }

    private static async Task ListAsync(HttpContext context)
    {
        var state = context.Request.Query["state"];
        if (state.Count > 0 && (state is not [{ } one] || !ApprovalStates.All.Contains(one)))
        {
            await Problem.WriteAsync(context, InvalidState);
            return;
        }

        var result = await AgentCalls.Of(context).ListApprovalsAsync(AgentPath.KeyOf(context), new ListApprovals(state.Count == 0 ? null : state[0]), context.RequestAborted);
        if (result.IsRefused)
            await Problem.WriteAsync(context, result.Refusal);
        else
            await JsonAnswer.StreamAsync(context, ApprovalListResponse.Of(result.Value), GatewayJson.Answers.ApprovalListResponse);
    }

    private static async Task GetAsync(HttpContext context, string approvalId) => await AnswerAsync(
        context,
        SessionId.CanExist(approvalId)
            ? await AgentCalls.Of(context).GetApprovalAsync(AgentPath.KeyOf(context), new GetApproval(approvalId), context.RequestAborted)
            : NotFound);

    private static async Task DecideAsync(HttpContext context, string approvalId)
    {
        if (await JsonRequest.ReadDeclaredAsync(context, RequestJson.Requests.DecideApprovalRequest) is not { } request)
            return;
        var decision = new DecideApproval(approvalId, request.Decision == DecideApprovalRequest.Approve);
        await AnswerAsync(
            context,
            SessionId.CanExist(approvalId) ? await AgentCalls.Of(context).DecideApprovalAsync(AgentPath.KeyOf(context), decision, context.RequestAborted) : NotFound);
    }

    private static Task AnswerAsync(HttpContext context, Result<PaymentApproval> result) => result.IsRefused
        ? Problem.WriteAsync(context, result.Refusal)
        : JsonAnswer.WriteAsync(context, ApprovalResponse.Of(result.Value), GatewayJson.Answers.ApprovalResponse);
}

/// <summary>A decision.</summary>
/// <param name="Decision"><c>approve</c> or <c>deny</c>.</param>
internal sealed record DecideApprovalRequest(string? Decision)
{
    public const string Approve = "approve";
    public const string Deny = "deny";
}

/// <summary>What a decision must be.</summary>
internal sealed class DecideApprovalRequestValidator : AbstractValidator<DecideApprovalRequest>
{
    /// <summary>For the OpenAPI document.</summary>
    public static void Describe(BodyMembers body) => body.Required("decision", Schema.OneOf(DecideApprovalRequest.Approve, DecideApprovalRequest.Deny));

    public DecideApprovalRequestValidator() => RuleFor(request => request.Decision)
        .Must(decision => decision is DecideApprovalRequest.Approve or DecideApprovalRequest.Deny)
        .WithErrorCode(EdgeRefusals.InvalidRequest)
        .WithMessage($"decision must be {DecideApprovalRequest.Approve} or {DecideApprovalRequest.Deny}.");
}

/// <summary>A payment that the owner is asked about.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">One of <see cref="ApprovalStates"/>.</param>
/// <param name="Payee">The address that is paid.</param>
/// <param name="Asset">CAIP-19 of the token.</param>
/// <param name="Network">CAIP-2.</param>
/// <param name="Amount">Atomic units, decimal digits.</param>
/// <param name="Host">The host that asks for it; null: none.</param>
/// <param name="Url">What it is for, the beginning of it; null: no URL.</param>
/// <param name="Reason">Why it is asked.</param>
/// <param name="Digest">SHA-256, lower case hex, of exactly what may be paid.</param>
/// <param name="CreatedAt">When it was asked.</param>
/// <param name="ExpiresAt">While undecided: when it counts as denied. Decided: until when the decision stands.</param>
/// <param name="DecidedAt">When it was decided; null: it was not.</param>
/// <param name="UsedAt">When the payment was begun; null: it was not.</param>
internal sealed record ApprovalResponse(
    string Id, string State, string Payee, string Asset, string Network, string Amount, string? Host, string? Url, string Reason, string Digest,
    DateTime CreatedAt, DateTime ExpiresAt, DateTime? DecidedAt, DateTime? UsedAt)
{
    // UtcDateTime: written with Z.
    public static ApprovalResponse Of(PaymentApproval approval) => new(
        approval.Id, approval.State, approval.Payee, approval.Asset, approval.Network, approval.AmountAtomic, approval.Host, approval.Url, approval.Reason,
        approval.Digest, approval.CreatedAt.UtcDateTime, approval.ExpiresAt.UtcDateTime, approval.DecidedAt?.UtcDateTime, approval.UsedAt?.UtcDateTime);
}

/// <summary>An agent's approvals.</summary>
/// <param name="Approvals">Oldest first.</param>
internal sealed record ApprovalListResponse(IReadOnlyList<ApprovalResponse> Approvals)
{
    public static ApprovalListResponse Of(ApprovalList list) => new([.. list.Approvals.Select(ApprovalResponse.Of)]);
}
