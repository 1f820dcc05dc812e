using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Buying;
using AgentMesh.Gateway.Edge;
using AgentMesh.Primitives;
using FluentValidation;
using ModelContextProtocol.Protocol;
using RequestId = AgentMesh.Gateway.Edge.RequestId;

namespace AgentMesh.Gateway.Mcp.Tools;

/// <summary>
/// <c>pay</c>: <c>POST /agent/{userId}/pay</c>. A payment that the policy wants a person asked about is put to the client's user in the midst of the call, and
/// made when that one says yes.
/// </summary>
internal sealed class PayTool(PurchaseWaits waits, PaymentConfirmations confirmations, IValidator<PayRequest> validator, McpEndpointOptions options) : IMcpTool
{
    public Tool Definition { get; } = McpToolFile.Read("pay");

    public async Task<Result<McpAnswer>> RunAsync(McpCall call, CancellationToken cancellationToken)
    {
        var given = call.Arguments;
        var request = new PayRequest(
            given.Text("url"), given.Text("method"), given.Text("body"), given.Text("contentType"), given.Text("maxAmount"), given.Text("asset"));
        if (validator.Validate(request).Errors is [var wrong, ..])
            return new Refusal(wrong.ErrorCode, wrong.ErrorMessage);
        if (await confirmations.DecideAsync(call, cancellationToken) is { } undone)
            return undone;
        // Whoever gave no key is told one. After a question it is the question's: the same answer sent again finds what it bought.
        var key = call.IdempotencyKey ?? PaymentConfirmations.KeyOf(call.Answers) ?? RequestId.New();
        var purchase = await waits.BuyAsync(call.Agent, request.ToOrder(RequestId.New(), key), options.AnswerTimeout, cancellationToken);
        if (purchase.IsRefused)
            return purchase.Refusal;
        if (purchase.Value is { IsPending: false, Status: not null })
            return McpAnswer.Of(PayResponse.Of(purchase.Value), GatewayJson.Answers.PayResponse);
        var refusal = new PurchaseRefusal(purchase.Value);
        if (refusal.Code == PolicyRefusals.ApprovalRequired)
            return await confirmations.AskAsync(call.Agent, refusal, cancellationToken);
        return purchase.Value.IsPending ? new RepeatableRefusal(refusal, key) : refusal;
    }

    /// <summary>A purchase that is not over, with the key by which the same call waits on.</summary>
    private sealed record RepeatableRefusal(PurchaseRefusal Refusal, string Key) : Refusal(Refusal.Code, Refusal.Detail)
    {
        public override IEnumerable<(string Name, string? Value)> Members => Refusal.Members.Append(("idempotencyKey", Key));
    }
}
