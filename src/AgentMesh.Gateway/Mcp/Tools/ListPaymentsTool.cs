using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.Payments;
using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Tools;

/// <summary><c>list_payments</c>: <c>GET /agent/{userId}/payments</c>, in pages that a model can read.</summary>
internal sealed class ListPaymentsTool(AgentCalls calls) : IMcpTool
{
    private const int DefaultLimit = 20;

    public Tool Definition { get; } = McpToolFile.Read("list_payments");

    public async Task<Result<McpAnswer>> RunAsync(McpCall call, CancellationToken cancellationToken)
    {
        var arguments = call.Arguments;
        var page = new ListPayments((int)(arguments.Number("limit") ?? DefaultLimit), arguments.Number("before"), arguments.Text("direction"));
        var payments = await calls.ListPaymentsAsync(call.Agent, page, cancellationToken);
        return payments.IsRefused
            ? payments.Refusal
            : McpAnswer.Of(PaymentListResponse.Of(payments.Value), GatewayJson.Answers.PaymentListResponse);
    }
}
