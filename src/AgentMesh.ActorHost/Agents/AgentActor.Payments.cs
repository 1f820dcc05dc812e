using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Payments;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Agents;

/// <summary>The agent's payments.</summary>
internal sealed partial class AgentActor
{
    public Task<Reply<AgentPaymentList>> ListPayments(ListPayments request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var book = await _records.LoadPaymentBookAsync(cancellationToken);
        var slice = await PaymentHistory.ReadAsync(book, request.Limit, request.Before, WayOf(request.Direction), _records.LoadPaymentPageAsync, cancellationToken);
        return slice.IsRefused
            ? Refused<AgentPaymentList>(slice.Refusal)
            : new Reply<AgentPaymentList>(new AgentPaymentList([.. slice.Value.Payments.Select(one => ToPayment(one.Payment, one.Seq))], slice.Value.NextBefore), null);
    });

    public Task<Reply<AgentPayment>> GetPayment(GetPayment request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var table = await _records.LoadPaymentAsync(request.PaymentId, cancellationToken);
        if (table.IsRefused)
            return Refused<AgentPayment>(table.Refusal);
        return table.Value.Known is { } known
            ? new Reply<AgentPayment>(ToPayment(known, table.Value.Seq!.Value), null)
            : Refused<AgentPayment>(PaymentRecordRefusals.PaymentNotFound);
    });

    public Task<Reply<AgentPayment>> RecordPayment(AgentPayment request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var table = await _records.LoadPaymentAsync(request.Id, cancellationToken);
        if (table.IsRefused)
            return Refused<AgentPayment>(table.Refusal);
        if (table.Value.Conclude(ToStored(request)) is not { } change)
            return new Reply<AgentPayment>(table.Value.Known is { } known ? ToPayment(known, table.Value.Seq!.Value) : request, null);
        await _records.StoreAsync(change, cancellationToken);
        return new Reply<AgentPayment>(ToPayment(change.Payment, change.Seq), null);
    });

    /// <summary>The list, for a payment that the agent is about to work for.</summary>
    private async Task<Result<PaymentTable>> TakePaymentAsync(AgentHead head, AgentPayment payment, CancellationToken cancellationToken) =>
        PaymentRecordRefusals.CheckPayee(head, payment.Payee) is { } refusal ? refusal : await _records.LoadPaymentAsync(payment.Id, cancellationToken);

    private async Task<long> CountPaymentsAsync(CancellationToken cancellationToken) => (await _records.LoadPaymentBookAsync(cancellationToken)).Count;

    private static PaymentDirection? WayOf(string? direction) => direction switch
    {
        null => null,
        PaymentDirections.In => PaymentDirection.In,
        PaymentDirections.Out => PaymentDirection.Out,
        _ => throw new ArgumentOutOfRangeException(nameof(direction)),
    };

    private static AgentPayment ToPayment(StoredPayment payment, long seq) => new(
        payment.Id, payment.Direction == PaymentDirection.In ? PaymentDirections.In : PaymentDirections.Out, StateOf(payment.State), payment.AmountAtomic, payment.Decimals,
        payment.Asset, payment.Network, payment.Payer, payment.Payee, payment.Resource, payment.CreatedAt, payment.UpdatedAt, payment.Transaction, payment.Reason, seq);

    private static StoredPayment ToStored(AgentPayment payment) => new(
        payment.Id, payment.Direction == PaymentDirections.In ? PaymentDirection.In : PaymentDirection.Out, StateOf(payment.State), payment.AmountAtomic, payment.Decimals,
        payment.Asset, payment.Network, payment.Payer, payment.Payee, payment.Resource, payment.CreatedAt, payment.UpdatedAt,
        payment.Transaction, payment.Reason);

    private static string StateOf(PaymentState state) => state switch
    {
        PaymentState.Executing => PaymentStates.Executing,
        PaymentState.Authorized => PaymentStates.Authorized,
        PaymentState.Unknown => PaymentStates.Unknown,
        PaymentState.Settled => PaymentStates.Settled,
        PaymentState.Failed => PaymentStates.Failed,
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    private static PaymentState StateOf(string state) => state switch
    {
        PaymentStates.Executing => PaymentState.Executing,
        PaymentStates.Authorized => PaymentState.Authorized,
        PaymentStates.Unknown => PaymentState.Unknown,
        PaymentStates.Settled => PaymentState.Settled,
        PaymentStates.Failed => PaymentState.Failed,
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };
}
