using System.Text.Json;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Mcp.Arguments;
using AgentMesh.Gateway.Mcp.Tasks;
using AgentMesh.Gateway.Mcp.Tools;
using AgentMesh.Gateway.Selling;
using AgentMesh.Primitives;
using AgentMesh.X402.Wire;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentMesh.Gateway.Mcp.Selling;

/// <summary>
/// The tools that an agent sells, for everybody: the payment is the credential. The agent says which (<c>AddPaidTool</c> of its host); each is paid for as
/// at <c>POST /agent/{userId}/premium/{name}</c>, by the same <c>PaymentActor</c>.
/// </summary>
internal sealed class PaidMcpTools(AgentCalls calls, PaymentsClient payments, SellingOptions selling, McpEndpointOptions options)
{
    private const string MimeType = "text/plain";

    /// <summary>What the agent sells; nothing while it has no wallet to be paid to.</summary>
    public async Task<Result<IReadOnlyList<PaidMcpTool>>> ListAsync(AgentKey agent, CancellationToken cancellationToken)
    {
        var sales = await calls.GetSalesAsync(agent, cancellationToken);
        if (sales.IsRefused)
            return sales.Refusal;
        return sales.Value.PayTo is null ? Array.Empty<PaidMcpTool>() : sales.Value.Tools.Select(tool => new PaidMcpTool(tool)).ToArray();
    }

    /// <summary>Sells a call; null when the agent sells nothing of that name.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="request">The call.</param>
    /// <param name="task">The task that it may become, when its payment is good; null: its client takes none.</param>
    /// <param name="cancellationToken">Ends with the caller.</param>
    public async Task<CallToolResult?> CallAsync(McpCaller caller, RequestContext<CallToolRequestParams> request, TaskOffer? task, CancellationToken cancellationToken)
    {
        var sales = await calls.GetSalesAsync(caller.Agent, cancellationToken);
        if (sales.IsRefused)
            return McpResults.Refused(sales.Refusal);
        if (sales.Value.PayTo is not { } payTo || sales.Value.Tools.FirstOrDefault(tool => tool.Name == request.Params.Name) is not { } sold)
            return null;
        var arguments = request.Params.Arguments ?? new Dictionary<string, JsonElement>();
        // Before any money: nobody pays for a call that cannot work.
        if (InvalidArguments.Check(new PaidMcpTool(sold).InputSchema, arguments.AsReadOnly()) is { } wrong)
            return McpResults.Refused(wrong);
        var offer = OfferOf(caller.Agent, payTo, sold);
        var payment = PaymentOfCall.Read(request.Params.Meta, caller.Http.Request);
        return payment.IsRefused
            ? McpTerms.Ask(offer.Terms, payment.Refusal.Code, McpCaller.RevisionOf(request))
            : await BuyAsync(offer, wait => offer.ToPurchase(arguments, payment.Value.PaymentSignature, payment.Value.XPayment, wait), task, McpCaller.RevisionOf(request));
    }

    /// <summary>What a call is answered that was a task until its payment was over.</summary>
    /// <param name="agent">Who sells.</param>
    /// <param name="name">The tool.</param>
    /// <param name="outcome">What became of the payment.</param>
    /// <param name="revision">The client's.</param>
    /// <param name="cancellationToken">Ends with the caller.</param>
    public async Task<CallToolResult> AnswerAsync(AgentKey agent, string name, PurchaseOutcome outcome, string? revision, CancellationToken cancellationToken)
    {
        if (outcome.State == PaymentStates.Settled)
            return McpTerms.WithReceipt(McpResults.Text(outcome.Answer ?? ""), outcome);
        var sales = await calls.GetSalesAsync(agent, cancellationToken);
        // Without the terms when it is no longer for sale.
        return sales.Value is { PayTo: { } payTo } && sales.Value.Tools.FirstOrDefault(tool => tool.Name == name) is { } sold
            ? McpTerms.WithReceipt(Answer(OfferOf(agent, payTo, sold), outcome, revision), outcome)
            : McpTerms.WithReceipt(McpResults.Refused(new WaitingRefusal(PaidToolOffer.NotOver(outcome), outcome.RetryAfterSeconds)), outcome);
    }

    private PaidToolOffer OfferOf(AgentKey agent, string payTo, PaidTool sold) =>
        new(agent, payTo, sold, new ResourceInfo($"mcp://tool/{sold.Name}", sold.Description, MimeType), selling);

    private async Task<CallToolResult> BuyAsync(PaidToolOffer offer, Func<int, Purchase> toPurchase, TaskOffer? task, string? revision)
    {
        var left = options.AnswerTimeout;
        var wait = task is null ? left : options.WaitForTask;
        while (true)
        {
            // Not the request's token: a client that hangs up ends neither the work nor its settlement, and finds the answer with the same payment.
            var outcome = await payments.BuyAsync(toPurchase((int)wait.TotalSeconds), CancellationToken.None);
            left -= wait;
            if (outcome.IsRefused)
                return McpResults.Refused(outcome.Refusal);
            if (outcome.Value.IsOver || task is not null && await task.TakeAsync(outcome.Value, CancellationToken.None) || left <= TimeSpan.Zero)
                return McpTerms.WithReceipt(Answer(offer, outcome.Value, revision), outcome.Value);
            // The agent has no room for a task: it waits as others do.
            wait = left;
        }
    }

    private static CallToolResult Answer(PaidToolOffer offer, PurchaseOutcome outcome, string? revision) => outcome.State switch
    {
        PaymentStates.Settled => McpResults.Text(outcome.Answer ?? ""),
        // Nothing was charged: the same may be asked for anew, with another payment.
        PaymentStates.Failed when outcome.RetryAfterSeconds is null => McpTerms.Ask(offer.Terms, outcome.Reason ?? X402Reasons.PaymentRequired, revision),
        _ => McpResults.Refused(new WaitingRefusal(PaidToolOffer.NotOver(outcome), outcome.RetryAfterSeconds)),
    };
}
