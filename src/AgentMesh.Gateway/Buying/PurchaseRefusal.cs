using System.Globalization;
using System.Text.Json;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Buying;

/// <summary>Why there is no answer, with what programs are told beside it: the payment, the approval that is waited for, the budget that is at its end.</summary>
/// <param name="View">What became of the purchase.</param>
internal sealed record PurchaseRefusal(PurchaseView View) : Refusal(CodeOf(View), DetailOf(View))
{
    /// <inheritdoc/>
    public override IEnumerable<(string Name, string? Value)> Members =>
        View.Payment is { Id: var id } ? MembersOf(View.Data).Prepend(("paymentId", id)) : MembersOf(View.Data);

    private static string CodeOf(PurchaseView view) => view switch
    {
        { IsPending: false, Reason: { } reason } => reason,
        { Payment: not null } => PaymentRefusals.PaymentUnknown,
        _ => PurchaseCodes.PurchasePending,
    };

    private static string DetailOf(PurchaseView view) => view switch
    {
        { IsPending: false, Detail: { } detail } => detail,
        { Payment: not null } => "The payment is under way. The same Idempotency-Key asks again, and nothing is paid twice.",
        _ => "The server has not answered yet. The same Idempotency-Key asks again, and nothing is paid twice.",
    };

    private static IEnumerable<(string Name, string? Value)> MembersOf(string? data)
    {
        if (data is null)
            yield break;
        foreach (var member in JsonElement.Parse(data).EnumerateObject())
            yield return (member.Name, member.Value.ValueKind == JsonValueKind.Null ? null : Convert.ToString(member.Value, CultureInfo.InvariantCulture));
    }
}
