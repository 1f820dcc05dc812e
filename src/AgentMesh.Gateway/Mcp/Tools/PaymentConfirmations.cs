using System.Text.Json;
using AgentMesh.Contracts.Agents;
using AgentMesh.Evm;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Buying;
using AgentMesh.Gateway.Mcp.Questions;
using AgentMesh.Primitives;
using AgentMesh.X402.Networks;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Tools;

/// <summary>
/// Puts approvals of payments to the user of a client, in the midst of a call. The state that the client carries names the approval, which is for exactly one
/// payment and used once: whatever is sent again, or at whatever replica, decides nothing else.
/// </summary>
internal sealed class PaymentConfirmations(AgentCalls calls)
{
    private const string Question = "approve_payment";
    private const string Field = "approve";
    private const string Decline = "decline";
    private const string Cancel = "cancel";

    /// <summary>The key of the purchase that an approval is for; null: nothing was asked.</summary>
    public static string? KeyOf(McpAnswers answers) => answers.State is { } approval ? "approval:" + approval : null;

    /// <summary>The question about the payment that was refused for it; or the refusal, for a client that cannot put it to anybody.</summary>
    public async Task<Refusal> AskAsync(AgentKey agent, PurchaseRefusal refused, CancellationToken cancellationToken)
    {
        if (refused.Members.FirstOrDefault(member => member.Name == "approvalId").Value is not { } id)
            return refused;
        var found = await calls.GetApprovalAsync(agent, new GetApproval(id), cancellationToken);
        if (found.IsRefused)
            return refused;
        var form = new ElicitRequestParams
        {
            Message = Describe(found.Value),
            RequestedSchema = new ElicitRequestParams.RequestSchema
            {
                Properties = new Dictionary<string, ElicitRequestParams.PrimitiveSchemaDefinition>
                {
                    [Field] = new ElicitRequestParams.BooleanSchema { Title = "Pay", Description = "Yes: the payment is made, once. No: it is denied." },
                },
                Required = [Field],
            },
        };
        return new McpQuestion(Question, InputRequest.ForElicitation(form), id, refused);
    }

    /// <summary>Takes the user's word. Null: the call goes on, approved or because there was no word yet.</summary>
    public async Task<Refusal?> DecideAsync(McpCall call, CancellationToken cancellationToken)
    {
        if (call.Answers.State is not { } id || call.Answers.Find(Question, InputResponse.ElicitResultJsonTypeInfo) is not { } answer)
            return null;
        // Dismissed: it can be decided elsewhere, and is denied by time.
        if (answer.Action == Cancel)
            return new UndecidedRefusal(id);
        if (Decision(answer) is not { } isApproved)
            return null;
        var decided = await calls.DecideApprovalAsync(call.Agent, new DecideApproval(id, isApproved), cancellationToken);
        if (decided.IsRefused)
            return decided.Refusal;
        return isApproved ? null : new Refusal(PolicyRefusals.PolicyDenied, $"The payment was denied by the decision on approval {id}.");
    }

    private static bool? Decision(ElicitResult answer) => answer switch
    {
        { Action: Decline } => false,
        { IsAccepted: true, Content: { } content } when content.TryGetValue(Field, out var field) => field.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        },
        _ => null,
    };

    private static string Describe(PaymentApproval approval)
    {
        var token = KnownAssets.Find(approval.Asset);
        var amount = token is null
            ? $"{approval.AmountAtomic} atomic units of {approval.Asset}"
            : $"{DecimalAmount.Format(UInt256.Parse(approval.AmountAtomic), token.Decimals)} {token.Symbol}";
        // With its checksum, as wallets and shops show it.
        var payee = EvmAddress.TryParse(approval.Payee, out var address) ? address.ToString() : approval.Payee;
        return $"Pay {amount} to {payee} on {approval.Network}, for {approval.Url ?? "nothing that has a URL"}? {approval.Reason}";
    }

    private sealed record UndecidedRefusal(string ApprovalId)
        : Refusal(PolicyRefusals.ApprovalRequired, $"Nothing was paid: approval {ApprovalId} waits for a decision.")
    {
        public override IEnumerable<(string Name, string? Value)> Members => [("approvalId", ApprovalId)];
    }
}
