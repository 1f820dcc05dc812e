using System.Collections.Immutable;
using AgentMesh.ActorHost.Purchases;
using AgentMesh.ActorHost.TenantBudgets;
using AgentMesh.Agents.Approvals;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Freezing;
using AgentMesh.Agents.Payments;
using AgentMesh.Agents.Policies;
using AgentMesh.Agents.Purchases;
using AgentMesh.Agents.Wallets;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Evm;
using AgentMesh.Primitives;
using AgentMesh.X402.Exact.Evm.Client;
using CorePolicyRefusals = AgentMesh.Agents.Policies.PolicyRefusals;

namespace AgentMesh.ActorHost.Agents;

/// <summary>Whether the agent agrees to a seller's terms: policy, budget, and what is stored of both with the payment, in one transaction.</summary>
internal sealed partial class AgentActor
{
    public Task<Reply<PurchaseWork>> OfferPurchase(OfferPurchase request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var found = await FindPurchaseAsync(request.Id, request.Attempt, cancellationToken);
        if (found.IsRefused)
            return Refused<PurchaseWork>(found.Refusal);
        var (head, purchase) = found.Value;
        // Terms that were agreed on stay, whatever the seller asks for now.
        if (purchase.State != PurchaseState.Open)
            return await WorkOfAsync(purchase, cancellationToken);
        if (request.Stop is null && await WhyNotToSpendAsync(cancellationToken) is { Code: SpendingRefusals.TenantUnknown } unknown)
            return Refused<PurchaseWork>(unknown);
        var now = _time.GetUtcNow();
        var spending = await LoadSpendingAsync(cancellationToken);
        var agreed = Agree(head, purchase, request, spending, now);
        if (agreed.IsRefused)
            return await RefuseAsync(head, purchase, agreed.Refusal, null, cancellationToken);
        var asked = agreed.Value.Verdict.Effect == PolicyEffect.Ask ? await AskAsync(purchase, agreed.Value, now, cancellationToken) : (Result<ApprovalStep>?)null;
        if (asked is { IsRefused: true, Refusal: { } denied })
            return await RefuseAsync(head, purchase, denied, null, cancellationToken);
        if (asked is { Value: { } waiting } && !waiting.IsGranted(agreed.Value.Terms.PaymentId))
            return await RefuseAsync(head, purchase, ApprovalRefusals.ApprovalRequired(waiting.Approval), waiting, cancellationToken);
        return await AuthorizeAsync(head, purchase, request, agreed.Value, asked?.Value, spending, cancellationToken);
    });

    /// <summary>The one place where money is promised.</summary>
    private async Task<Reply<PurchaseWork>> AuthorizeAsync(
        AgentHead head, StoredPurchase purchase, OfferPurchase offer, Agreement agreed, ApprovalStep? approved, SpendingPast spending, CancellationToken cancellationToken)
    {
        if (await WhyNotToSpendAsync(cancellationToken) is { } frozen)
            return await RefuseAsync(head, purchase, frozen, null, cancellationToken);
        if (agreed.Facts.AmountAtomic > Amounts.Parse(offer.Reserved))
            return await RefuseAsync(head, purchase, SpendingStops.ToRefusal(offer.Stop) ?? FreezeRefusals.TenantUnknown, null, cancellationToken);
        var now = _time.GetUtcNow();
        var inputs = await LoadPurchaseInputsAsync(head, purchase with { Terms = agreed.Terms }, cancellationToken);
        var change = PurchaseChanges.Authorize(inputs, purchase, agreed.Terms, approved?.Facts ?? [], _records.Epoch, now);
        if (change.IsRefused)
            return await RefuseAsync(head, purchase, change.Refusal, null, cancellationToken);
        var whole = change.Value with { Spending = spending.Memory.With(agreed.Facts, LedgerNow), Approvals = approved?.Table };
        await CommitAsync(inputs.Turn, head.Page, whole, [], cancellationToken);
        return await WorkOfAsync(whole.Purchase!.Purchase, cancellationToken);
    }

    private async Task<Reply<PurchaseWork>> RefuseAsync(
        AgentHead head, StoredPurchase purchase, Refusal refusal, ApprovalStep? waiting, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var inputs = await LoadPurchaseInputsAsync(head, purchase, cancellationToken);
        ImmutableArray<FactEntry> facts = waiting?.Facts ?? [];
        var change = PurchaseChanges.Step(inputs, purchase, purchase.Refuse(PurchaseReasons.Of(refusal), now), null, facts, _records.Epoch, now);
        if (change.IsRefused)
            return Refused<PurchaseWork>(change.Refusal);
        await CommitAsync(inputs.Turn, head.Page, change.Value with { Approvals = waiting?.Table }, [], cancellationToken);
        return new Reply<PurchaseWork>(new PurchaseWork(PurchaseTasks.None), null);
    }

    /// <summary>The first way to pay that the policy allows; else the first that it asks about.</summary>
    private Result<Agreement> Agree(AgentHead head, StoredPurchase purchase, OfferPurchase offer, SpendingPast spending, DateTimeOffset now)
    {
        if (!EvmAddress.TryParse(head.Wallet, out var payer))
            return WalletRefusals.WalletNotFound;
        var url = new Uri(offer.Url);
        if (!_services.Purchases.IsSafe(url))
            return new PaymentNotPossible(new Refusal(ClientRefusals.InsecureUrl, "Payments are sent over https only, but to places that the configuration names."));
        var body = offer.Body is null ? [] : Convert.FromBase64String(offer.Body);
        PolicyVerdict? denied = null;
        foreach (var effect in (PolicyEffect[])[PolicyEffect.Allow, PolicyEffect.Ask])
        {
            var terms = SellerTerms.Choose(purchase.Request, offer.Header, body, choice =>
            {
                var verdict = Judge(choice, url, spending);
                denied ??= verdict.Effect == PolicyEffect.Deny ? verdict : null;
                return verdict.Effect == effect;
            });
            if (terms is { IsRefused: true, Refusal: PaymentNotPossible { Reason.Code: ClientRefusals.Declined } })
                continue;
            if (terms.IsRefused)
                return terms.Refusal;
            var authorization = PaymentSigner.Authorize(terms.Value.Required, terms.Value.Choice, payer, _services.Purchases.Random, now);
            return new Agreement(
                terms.Value.ToStored(offer, TextOf(offer.Body), authorization), FactsOf(terms.Value.Choice, url), Judge(terms.Value.Choice, url, spending));
        }

        return CorePolicyRefusals.PolicyDenied(denied!.Value);
    }

    // By the time of budgets: a clock that jumps ahead frees no velocity window.
    private PolicyVerdict Judge(PaymentChoice choice, Uri url, SpendingPast spending) =>
        spending.Policy.Evaluate(FactsOf(choice, url), spending.Memory, LedgerNow);

    // The cap of the request is of 128 bits, so what passed it is too.
    private static PolicyFacts FactsOf(PaymentChoice choice, Uri url) => new(
        PaymentDirection.Out, choice.PayTo.ToString(), url.IdnHost, PurchaseOrder.NameOf(choice.Asset), choice.Asset.Network.ToString(), (UInt128)choice.AmountAtomic.Value);

    private async Task<Result<ApprovalStep>> AskAsync(StoredPurchase purchase, Agreement agreed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var body = purchase.Request.BodyHash is null ? null : await _records.LoadPurchaseBodyAsync(StateKeys.PurchaseBody(purchase.Id), cancellationToken);
        var digest = ApprovalDigest.Of(agreed.Facts, purchase.Request.Method, purchase.Request.Url, body is null ? [] : body.Bytes.Span);
        var request = new ApprovalRequest(agreed.Terms.PaymentId, digest, agreed.Facts, purchase.Request.Url, agreed.Verdict.Detail);
        return (await _records.LoadApprovalsAsync(cancellationToken)).Ask(request, _services.PolicyRules.ApprovalLifetime, now);
    }

    private async Task<SpendingPast> LoadSpendingAsync(CancellationToken cancellationToken) => new(
        _services.PolicyRules.InForce(await _records.LoadPolicyAsync(cancellationToken)), await _records.LoadSpendingAsync(cancellationToken));

    /// <summary>What payments are judged by.</summary>
    private sealed record SpendingPast(SpendingPolicy Policy, SpendingMemory Memory);

    /// <summary>Terms that the policy does not deny.</summary>
    private sealed record Agreement(PurchaseTerms Terms, PolicyFacts Facts, PolicyVerdict Verdict);
}
