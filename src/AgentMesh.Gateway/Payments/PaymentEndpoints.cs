using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Gateway.Selling;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using AgentMesh.X402.Exact.Evm;

namespace AgentMesh.Gateway.Payments;

/// <summary>
/// <c>GET /agent/{userId}/payments?limit=&amp;before=&amp;direction=</c>: a page, the newest one by default, oldest payment first; <c>GET …/payments/{id}</c>. From the
/// agent's own records. Where one payment stands that is not over is asked of the payment itself, as far as it answers.
/// </summary>
internal static class PaymentEndpoints
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    private static readonly Refusal InvalidLimit = new(AgentRefusals.InvalidLimit, $"limit must be one number, 1-{MaxLimit}.");
    private static readonly Refusal InvalidBefore = new(EdgeRefusals.InvalidBefore, "before must be one positive number, a seq.");
    private static readonly Refusal InvalidDirection = new(EdgeRefusals.InvalidRequest, "direction must be in or out.");
    private static readonly Refusal NotFound = new(PaymentRefusals.PaymentNotFound, "The agent has no such payment.");

    public static IEndpointRouteBuilder MapPayments(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/agent/{userId}/payments", ListAsync)
            .Describe("Reads a page of the payments, the newest one by default, oldest payment first.", operation => operation
                .Query("limit", "At most so many.", Schema.Number(1, MaxLimit, DefaultLimit))
                .Query("before", "Only what is older: the nextBefore of the page before.", Schema.Number(1))
                .Query("direction", "Only payments to the agent, or from it.", Schema.OneOf(PaymentDirections.In, PaymentDirections.Out))
                .Answers<PaymentListResponse>()
                .Refuses(AgentRefusals.InvalidLimit, EdgeRefusals.InvalidBefore, EdgeRefusals.InvalidRequest));
        endpoints.MapGet("/agent/{userId}/payments/{paymentId}", GetAsync)
            .Describe("Reads a payment.", operation => operation.Answers<PaymentResponse>().Refuses(PaymentRefusals.PaymentNotFound));
        return endpoints;
    }

    private static async Task ListAsync(HttpContext context)
    {
        var query = Read(context.Request.Query);
        var page = query.IsRefused ? query.Refusal : await AgentCalls.Of(context).ListPaymentsAsync(AgentPath.KeyOf(context), query.Value, context.RequestAborted);
        if (page.IsRefused)
        {
            await Problem.WriteAsync(context, page.Refusal);
            return;
        }

        var answer = PaymentListResponse.Of(page.Value);
        await JsonAnswer.StreamAsync(context, answer, GatewayJson.Answers.PaymentListResponse);
    }

    private static async Task GetAsync(HttpContext context, string paymentId)
    {
        var agent = AgentPath.KeyOf(context);
        // What cannot be an id is nobody's.
        var payment = PaymentId.TryParse(paymentId, out var id)
            ? await AgentCalls.Of(context).GetPaymentAsync(agent, id.ToString(), context.RequestAborted)
            : NotFound;
        if (payment.IsRefused)
        {
            await Problem.WriteAsync(context, payment.Refusal);
            return;
        }

        var answer = PaymentResponse.Of(payment.Value);
        if (payment.Value is { Direction: PaymentDirections.In, State: not (PaymentStates.Settled or PaymentStates.Failed) }
            && await context.RequestServices.GetRequiredService<PaymentsClient>().ReadAsync(id.ToString(), context.RequestAborted) is { } info
            && info.Seller == agent.ToString())
        {
            answer = answer.Now(info);
        }

        await JsonAnswer.WriteAsync(context, answer, GatewayJson.Answers.PaymentResponse);
    }

    private static Result<ListPayments> Read(IQueryCollection query)
    {
        if (!QueryNumber.TryRead(query, "limit", 1, MaxLimit, out var limit))
            return InvalidLimit;
        return QueryNumber.TryRead(query, "before", 1, long.MaxValue, out var before)
            ? ReadDirection(query, new ListPayments((int)(limit ?? DefaultLimit), before))
            : InvalidBefore;
    }

    private static Result<ListPayments> ReadDirection(IQueryCollection query, ListPayments page)
    {
        var direction = query["direction"];
        if (direction.Count == 0)
            return page;
        return direction is [PaymentDirections.In or PaymentDirections.Out] ? page with { Direction = direction[0] } : InvalidDirection;
    }
}
