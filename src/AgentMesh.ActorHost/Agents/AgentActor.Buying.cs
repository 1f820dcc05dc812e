using System.Text;
using AgentMesh.ActorHost.Purchases;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Purchases;
using AgentMesh.Agents.Wallets;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Evm;
using AgentMesh.Evm.Signing;
using AgentMesh.Primitives;
using AgentMesh.X402.Codecs;

namespace AgentMesh.ActorHost.Agents;

/// <summary>What runs of purchases report. What they do next stands in the purchase, and is stored before they are told.</summary>
internal sealed partial class AgentActor
{
    public Task<Reply<PurchaseWork>> GetPurchaseWork(PurchaseRunId request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var found = await FindPurchaseAsync(request.Id, request.Attempt, cancellationToken);
        return found.IsRefused ? Refused<PurchaseWork>(found.Refusal) : await WorkOfAsync(found.Value.Purchase, cancellationToken);
    });

    public Task<Reply<PurchaseWork>> SignPurchase(SignPurchase request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var found = await FindPurchaseAsync(request.Id, request.Attempt, cancellationToken);
        if (found.IsRefused)
            return Refused<PurchaseWork>(found.Refusal);
        var (head, purchase) = found.Value;
        // It is signed once.
        if (purchase.State != PurchaseState.Authorized)
            return await WorkOfAsync(purchase, cancellationToken);
        var now = _time.GetUtcNow();
        var terms = SellerTerms.Restore(purchase);
        var signature = await SignAsync(purchase.Terms!, terms, request.Signature, cancellationToken);
        if (signature.IsRefused)
            return await StepToAsync(head, purchase, purchase.Wait(PurchaseReasons.Of(signature.Refusal), now), isOver: true, cancellationToken);
        var payment = terms.Complete(purchase, signature.Value);
        var after = payment.IsRefused ? purchase.Abandon(PurchaseReasons.Of(payment.Refusal), now) : purchase.Sign(payment.Value, now);
        return await StepToAsync(head, purchase, after, isOver: false, cancellationToken);
    });

    public Task<Reply<PurchaseWork>> ReportPurchase(PurchaseReport request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var found = await FindPurchaseAsync(request.Id, request.Attempt, cancellationToken);
        if (found.IsRefused)
            return Refused<PurchaseWork>(found.Refusal);
        var (head, purchase) = found.Value;
        var now = _time.GetUtcNow();
        var reason = new PurchaseReason(request.Code ?? PurchaseCodes.PurchaseFailed, request.Detail ?? "");
        var body = request.Body is { } text ? Convert.FromBase64String(text) : [];
        var after = request.Step switch
        {
            PurchaseReports.Answered => purchase.Take(new PurchaseAnswer(request.Status!.Value, request.ContentType, body.Length), ReadReceipt(request.Receipt), now),
            PurchaseReports.Refused => purchase.Refuse(reason, now),
            PurchaseReports.NotSigned => purchase.Wait(reason, now),
            PurchaseReports.Unanswered => purchase.Miss(reason, request.RetryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null, now),
            PurchaseReports.TurnedAway => purchase.TurnAway(reason, now),
            PurchaseReports.FoundSettled => purchase.Look(new PurchaseLook(PurchaseOutcome.Settled, true, request.Transaction, null), now),
            PurchaseReports.FoundFailed => purchase.Look(new PurchaseLook(PurchaseOutcome.Failed, true, null, reason), now),
            PurchaseReports.NotFound => purchase.Look(new PurchaseLook(PurchaseOutcome.Unknown, request.CanBeKnown, null, reason), now),
            _ => throw new ArgumentOutOfRangeException(nameof(request), request.Step, null),
        };
        var isNew = after.Answer is not null && purchase.Answer is null;
        if (after != purchase && await StepAsync(head, purchase, after, isNew ? new PurchaseBody(body) : null, cancellationToken) is { } refusal)
            return Refused<PurchaseWork>(refusal);
        return new Reply<PurchaseWork>(new PurchaseWork(PurchaseTasks.None), null);
    });

    private async Task<Result<(AgentHead Head, StoredPurchase Purchase)>> FindPurchaseAsync(string id, int attempt, CancellationToken cancellationToken)
    {
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { } head || await _records.LoadPurchaseAsync(id, cancellationToken) is not { } purchase)
            return PurchaseRefusals.PurchaseNotFound;
        return purchase.Check(attempt) is { } lost ? lost : (head, purchase);
    }

    private async Task<Reply<PurchaseWork>> StepToAsync(AgentHead head, StoredPurchase before, StoredPurchase after, bool isOver, CancellationToken cancellationToken)
    {
        if (after != before && await StepAsync(head, before, after, null, cancellationToken) is { } refusal)
            return Refused<PurchaseWork>(refusal);
        return isOver ? new Reply<PurchaseWork>(new PurchaseWork(PurchaseTasks.None), null) : await WorkOfAsync(after, cancellationToken);
    }

    /// <summary>What there is to do. Asked for by a run that has just begun, or has just done a step.</summary>
    private async Task<Reply<PurchaseWork>> WorkOfAsync(StoredPurchase purchase, CancellationToken cancellationToken)
    {
        var work = purchase switch
        {
            { Due: null } => new PurchaseWork(PurchaseTasks.None),
            { State: PurchaseState.Open, Request: var request } => new PurchaseWork(
                PurchaseTasks.Call, request.Url, request.Method, await BodyOfAsync(purchase, request.BodyHash is not null, cancellationToken), request.ContentType,
                Asset: request.Asset.ToLowerInvariant(), MaxAmount: request.MaxAmount),
            { State: PurchaseState.Authorized } => new PurchaseWork(_services.Wallets.AreSealed ? PurchaseTasks.Sign : PurchaseTasks.SignElsewhere),
            { Terms: { } terms, Payment: { } payment } when purchase.IsToBeSent() => new PurchaseWork(
                PurchaseTasks.Send, terms.Url, terms.Method, await BodyOfAsync(purchase, terms.HasBody, cancellationToken), purchase.Request.ContentType,
                payment.HeaderName, payment.HeaderValue),
            _ => new PurchaseWork(PurchaseTasks.Look),
        };
        return new Reply<PurchaseWork>(work with { Authorization = purchase.Terms is { } agreed ? ToAuthorization(agreed, purchase.Transaction) : null }, null);
    }

    private async Task<string?> BodyOfAsync(StoredPurchase purchase, bool hasBody, CancellationToken cancellationToken)
    {
        if (!hasBody)
            return null;
        var body = await _records.LoadPurchaseBodyAsync(StateKeys.PurchaseBody(purchase.Id), cancellationToken)
            ?? throw new InvalidDataException("What a purchase sends is not there.");
        return Convert.ToBase64String(body.Bytes.Span);
    }

    /// <summary>The signature of what was agreed on: of the agent's own key, or brought by who holds it.</summary>
    private async Task<Result<byte[]>> SignAsync(PurchaseTerms agreed, SellerTerms terms, string? brought, CancellationToken cancellationToken)
    {
        if (brought is not null)
            return Hex.TryDecode(brought, out var bytes) ? bytes : WalletRefusals.SigningFailed("Its signature is none.");
        if (await _records.LoadWalletAsync(cancellationToken) is not { } wallet)
            return WalletRefusals.WalletNotFound;
        var opened = await _services.Wallets.OpenAsync(Id.GetId(), wallet, cancellationToken);
        if (opened.IsRefused)
            return opened.Refusal;
        using var key = opened.Value;
        var signature = new byte[EvmSignature.Length];
        key.Sign(SellerTerms.AuthorizationOf(agreed).CalculateDigest(terms.Choice.Asset.Domain)).CopyTo(signature);
        return signature;
    }

    // A receipt that lies makes the agent count as spent what it has not: the safe side. Its transaction is shown, and is a hash or nothing.
    private static PurchaseReceipt? ReadReceipt(string? header) => PaymentHeaders.ReadResponse(header).Value is { } receipt
        ? new PurchaseReceipt(receipt.Success, Bytes32.TryParse(receipt.Transaction, out var transaction) ? transaction.ToString() : null)
        : null;

    private static PurchaseAuthorization ToAuthorization(PurchaseTerms terms, string? transaction) => new(
        terms.PaymentId, terms.Network, terms.Token, terms.Amount, terms.Payer, terms.Payee, terms.ValidAfter, terms.ValidBefore, terms.Nonce, transaction);

    private static string? TextOf(string? base64) => base64 is null ? null : Encoding.UTF8.GetString(Convert.FromBase64String(base64));
}
