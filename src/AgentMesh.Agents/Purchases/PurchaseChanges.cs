using System.Collections.Immutable;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Payments;
using AgentMesh.Agents.State;
using AgentMesh.Agents.Turns;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Purchases;

/// <summary>What is stored with a step of a purchase, all in one transaction: the purchase, its hold, the payment in the agent's list, and the events.</summary>
public static class PurchaseChanges
{
    /// <summary>The asset as budgets and policies know it: CAIP-19, lower case.</summary>
    public static string AssetOf(PurchaseTerms terms) => $"{terms.Network}/erc20:{terms.Token.ToLowerInvariant()}";

    /// <summary>A new purchase. One of a turn that has another agent's money is bound to it: when it is paid, the turn may have ended, and the money with it.</summary>
    /// <param name="inputs">The agent's records.</param>
    /// <param name="purchase">The purchase.</param>
    /// <param name="body">What it sends; null: nothing.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<AgentChange> Begin(PurchaseInputs inputs, StoredPurchase purchase, PurchaseBody? body, long epoch, DateTimeOffset now)
    {
        // Whose money the turn had is not known any more.
        if (purchase.Request.Turn is { } turn && (TurnId.Parse(turn) is not { } number || inputs.Turn.Turns?.Find(number) is null))
            return TurnRefusals.TurnLost;
        purchase = purchase with { Grant = inputs.Ledger.GrantOf(purchase.Request.Turn, purchase.Request.Asset) };
        // One that was refused is begun anew under its key.
        var pruned = inputs.Book.Without([purchase.Id]).Prune(now, [.. inputs.Turn.Turns?.Open.Select(turn => TurnId.Of(turn.Turn)) ?? []]);
        if (!pruned.Book.HasRoom)
            return PurchaseRefusals.TooManyPurchases;
        var records = new PurchaseRecords(pruned.Book.With(purchase), purchase) { Body = body, Forgotten = pruned.Purchases, WithoutAnswer = pruned.Answers };
        return Write(inputs, records, [], null, null, epoch, now);
    }

    /// <summary>The terms are agreed on: the hold is taken, and the payment is in the list before anything is signed for it.</summary>
    /// <returns>Refused as the ledger refuses; then nothing is stored.</returns>
    public static Result<AgentChange> Authorize(
        PurchaseInputs inputs, StoredPurchase purchase, PurchaseTerms terms, ImmutableArray<FactEntry> facts, long epoch, DateTimeOffset now)
    {
        var amount = AmountOf(terms);
        var request = new HoldRequest(
            terms.PaymentId, HoldKind.Payment, AssetOf(terms), amount, amount, purchase.Request.Session, purchase.Request.Tool, terms.ValidBefore + PurchaseLimits.ExpirySlack)
        {
            // Purchases of version 2 have kept none.
            Grant = purchase.Grant ?? inputs.Ledger.GrantOf(purchase.Request.Turn, AssetOf(terms)),
        };
        var held = inputs.Ledger.Hold(request, inputs.Budgets, inputs.LedgerNow);
        if (held.IsRefused)
            return held.Refusal;
        var after = purchase.Authorize(terms, now.WholeMilliseconds());
        var payment = inputs.Payments!.Begin(ToPayment(after, PaymentState.Authorized));
        return Write(inputs, new PurchaseRecords(inputs.Book.With(after), after), facts.AddRange(held.Value.Facts), held.Value.Ledger, payment, epoch, now);
    }

    /// <summary>Any other step.</summary>
    /// <param name="inputs">The agent's records.</param>
    /// <param name="before">The purchase as it is stored.</param>
    /// <param name="after">The purchase after the step.</param>
    /// <param name="answer">What it was answered with by this step; null: nothing.</param>
    /// <param name="facts">What else the event log is to have of it.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<AgentChange> Step(
        PurchaseInputs inputs, StoredPurchase before, StoredPurchase after, PurchaseBody? answer, ImmutableArray<FactEntry> facts, long epoch, DateTimeOffset now)
    {
        var records = new PurchaseRecords(inputs.Book.With(after), after) { Answer = answer, RemovesBody = after.Due is null && before.Request.BodyHash is not null };
        if (!before.IsPaying)
            return Write(inputs, records, facts, null, null, epoch, now);
        var settled = Settle(inputs, after);
        if (settled is { IsRefused: true, Refusal.Code: var code })
            throw new InvalidOperationException($"The hold of a purchase is not where the purchase is: {code}.");
        var payment = StateOf(after) is { } state ? inputs.Payments!.Conclude(ToPayment(after, state)) : null;
        return Write(inputs, records, settled is { Value.Facts: var more } ? facts.AddRange(more) : facts, settled?.Value?.Ledger, payment, epoch, now);
    }

    private static Result<LedgerStep>? Settle(PurchaseInputs inputs, StoredPurchase after) => after switch
    {
        { State: PurchaseState.Settled } => inputs.Ledger.Post(after.Terms!.PaymentId, AmountOf(after.Terms), inputs.Budgets, inputs.LedgerNow),
        { State: PurchaseState.Failed } => inputs.Ledger.Void(after.Terms!.PaymentId, inputs.Budgets, inputs.LedgerNow),
        // Nobody looks any more: it stays what it has counted as, spent.
        { State: PurchaseState.Unknown, Due: null } => inputs.Ledger.Post(after.Terms!.PaymentId, AmountOf(after.Terms), inputs.Budgets, inputs.LedgerNow),
        { State: PurchaseState.Unknown } => inputs.Ledger.MarkUnknown(after.Terms!.PaymentId, inputs.Budgets, inputs.LedgerNow),
        _ => (Result<LedgerStep>?)null,
    };

    private static PaymentState? StateOf(StoredPurchase purchase) => purchase.State switch
    {
        PurchaseState.Settled => PaymentState.Settled,
        PurchaseState.Failed => PaymentState.Failed,
        PurchaseState.Unknown => PaymentState.Unknown,
        _ => null,
    };

    private static Result<AgentChange> Write(
        PurchaseInputs inputs, PurchaseRecords records, ImmutableArray<FactEntry> facts, Ledger? ledger, PaymentChange? payment, long epoch, DateTimeOffset now)
    {
        var opened = ConversationWriter.Open(inputs.Turn.Head, inputs.Turn.OpenEvents, inputs.Turn.Turns, inputs.Turn.Funds);
        if (opened.IsRefused)
            return opened.Refusal;
        foreach (var fact in facts)
            opened.Value.Note(fact);
        opened.Value.Head = opened.Value.Head with { NextPurchase = records.Book.Next() };
        return opened.Value.ToChange(epoch, now.WholeMilliseconds()) with { Purchase = records, Ledger = ledger, Payment = payment };
    }

    private static StoredPayment ToPayment(StoredPurchase purchase, PaymentState state)
    {
        var terms = purchase.Terms!;
        return new StoredPayment(
            terms.PaymentId, PaymentDirection.Out, state, terms.Amount, terms.Decimals, terms.Token, terms.Network, terms.Payer, terms.Payee, terms.Url,
            purchase.UpdatedAt, purchase.UpdatedAt, purchase.Transaction, purchase.Reason?.Code);
    }

    private static UInt128 AmountOf(PurchaseTerms terms) => Amounts.Parse(terms.Amount);
}
