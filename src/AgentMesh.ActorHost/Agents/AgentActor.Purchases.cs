using AgentMesh.ActorHost.Purchases;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Purchases;
using AgentMesh.Agents.Sessions;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Agents;

/// <summary>What the agent buys, for those who ask for it: beginning, and what became of it.</summary>
internal sealed partial class AgentActor
{
    public Task<Reply<PurchaseView>> BeginPurchase(BeginPurchase request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var order = PurchaseOrder.Read(request, _services.Purchases.Rules, _services.Purchases.Asset);
        if (order.IsRefused)
            return Refused<PurchaseView>(order.Refusal);
        var now = _time.GetUtcNow();
        var head = await LoadHeadToWriteAsync(now, cancellationToken);
        var id = SessionId.Of(request.RequestId, request.IdempotencyKey);
        if (await _records.LoadPurchaseAsync(id, cancellationToken) is { } known)
        {
            if (known.Request.CalculateFingerprint() != order.Value.Request.CalculateFingerprint())
                return Refused<PurchaseView>(ConversationRefusals.IdempotencyKeyReused);
            // Nothing was promised for it: asked for again it is another try. The gateway's own retry is not.
            if (known.State != PurchaseState.Refused || known.Request.RequestId == request.RequestId)
                return await ViewAsync(known, cancellationToken);
        }

        var purchase = StoredPurchase.Begin(id, order.Value.Request, now);
        var inputs = await LoadPurchaseInputsAsync(head, purchase, cancellationToken);
        var change = PurchaseChanges.Begin(inputs, purchase, order.Value.Body, _records.Epoch, now);
        if (change.IsRefused)
            return Refused<PurchaseView>(change.Refusal);
        await CommitAsync(inputs.Turn, head.Page, change.Value, [], cancellationToken);
        Run(purchase);
        return new Reply<PurchaseView>(new PurchaseView(id, IsPending: true), null);
    });

    public Task<Reply<PurchaseView>> GetPurchase(GetPurchase request, CancellationToken cancellationToken) => TurnAsync(async () =>
        await _records.LoadHeadAsync(null, cancellationToken) is { IsErasing: false } && await _records.LoadPurchaseAsync(request.Id, cancellationToken) is { } purchase
            ? await ViewAsync(purchase, cancellationToken)
            : Refused<PurchaseView>(PurchaseRefusals.PurchaseNotFound));

    /// <summary>Has the purchase that is the longest due run again.</summary>
    /// <returns>False: none is due.</returns>
    private async Task<Result<bool>> ResumePurchaseAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { } head || !(head.NextPurchase <= now))
            return false;
        var book = await _records.LoadPurchasesAsync(cancellationToken);
        if (book.FirstDue(now) is not { } id || await _records.LoadPurchaseAsync(id, cancellationToken) is not { } purchase)
            return ConversationRefusals.AgentQuarantined("the head knows of a purchase that is not there");
        var resumed = purchase.Resume(now);
        // Half of a transaction left an older time in the list.
        if (resumed == purchase && purchase.Due is not null && purchase.Due > now)
            resumed = purchase with { UpdatedAt = now };
        var stepped = await StepAsync(head, purchase, resumed, null, cancellationToken);
        if (stepped is not null)
            return stepped;
        if (resumed.Attempt > purchase.Attempt)
            Run(resumed);
        return true;
    }

    private void Run(StoredPurchase purchase) => _services.Purchases.Runner.Start(new PurchaseRun(Id.GetId(), purchase.Id, purchase.Attempt));

    /// <summary>Stores a step, with all that goes with it.</summary>
    /// <returns>Why not; null when it is done.</returns>
    private async Task<Refusal?> StepAsync(AgentHead head, StoredPurchase before, StoredPurchase after, PurchaseBody? answer, CancellationToken cancellationToken)
    {
        var inputs = await LoadPurchaseInputsAsync(head, after, cancellationToken);
        var change = PurchaseChanges.Step(inputs, before, after, answer, [], _records.Epoch, _time.GetUtcNow());
        if (change.IsRefused)
            return change.Refusal;
        await CommitAsync(inputs.Turn, head.Page, change.Value, [], cancellationToken);
        _services.Purchases.Promised.Hear(after);
        return null;
    }

    private async Task<PurchaseInputs> LoadPurchaseInputsAsync(AgentHead head, StoredPurchase purchase, CancellationToken cancellationToken)
    {
        var payments = purchase.Terms is { } terms ? await _records.LoadPaymentAsync(terms.PaymentId, cancellationToken) : default;
        return new PurchaseInputs(
            await LoadTurnInputsAsync(head, cancellationToken), await _records.LoadPurchasesAsync(cancellationToken),
            await _records.LoadLedgerAsync(cancellationToken), _services.BudgetRules, LedgerNow, payments.Value);
    }

    private async Task<Reply<PurchaseView>> ViewAsync(StoredPurchase purchase, CancellationToken cancellationToken)
    {
        var payment = purchase.Terms is { } terms ? (await _records.LoadPaymentAsync(terms.PaymentId, cancellationToken)).Value : null;
        var view = new PurchaseView(purchase.Id, !purchase.CanBeTold, Payment: payment?.Known is { } known ? ToPayment(known, payment.Seq!.Value) : null);
        if (purchase.Answer is { } answer)
        {
            return await _records.LoadPurchaseBodyAsync(StateKeys.PurchaseAnswer(purchase.Id), cancellationToken) is { } body
                ? new Reply<PurchaseView>(view with { Status = answer.Status, ContentType = answer.ContentType, Body = Convert.ToBase64String(body.Bytes.Span) }, null)
                : Refused<PurchaseView>(PurchaseRefusals.AnswerGone);
        }

        var (code, detail) = purchase.State switch
        {
            PurchaseState.Unknown => (PaymentRefusals.PaymentUnknown, $"{purchase.Reason?.Detail} Whether the money has moved is not known yet; the same key asks again, and nothing is paid twice."),
            PurchaseState.Settled => (PurchaseCodes.PaidWithoutAnswer, "The money has moved, and the server gave no answer that could be given out."),
            PurchaseState.Failed when purchase.Reason?.Code is PurchaseCodes.PaymentNotSigned or PurchaseCodes.PaymentNotPossible => (purchase.Reason.Code, purchase.Reason.Detail),
            PurchaseState.Failed => (PaymentRefusals.PaymentNotSettled, $"Nothing was paid, and cannot be any more under this key. {purchase.Reason?.Detail}"),
            PurchaseState.Refused => (purchase.Reason!.Code, purchase.Reason.Detail),
            _ => (null, null),
        };
        return new Reply<PurchaseView>(view with { Reason = code, Detail = detail, Data = purchase.Reason?.Data }, null);
    }
}
