using System.Globalization;
using System.Text;
using System.Text.Json;
using AgentMesh.Agents.Purchases;
using AgentMesh.Contracts.Agents;
using AgentMesh.Evm;
using AgentMesh.Evm.Tokens;
using AgentMesh.Primitives;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Networks;
using AgentMesh.X402.ProtocolExtensions;
using AgentMesh.X402.Wire;

namespace AgentMesh.ActorHost.Purchases;

/// <summary>What a seller asks for, and the way to pay of it that is taken. All of it is a stranger's text.</summary>
/// <param name="Required">What the seller asks for.</param>
/// <param name="Choice">The way to pay.</param>
internal sealed record SellerTerms(PaymentRequired Required, PaymentChoice Choice)
{
    /// <summary>Reads what a seller asks for, and takes the first way to pay that may be taken. Refused with <see cref="PurchaseCodes.PaymentNotPossible"/>.</summary>
    /// <param name="request">What may be paid.</param>
    /// <param name="header">The text of <c>PAYMENT-REQUIRED</c>; null: there was none.</param>
    /// <param name="body">The body of the 402.</param>
    /// <param name="accepts">A last word on a way to pay.</param>
    public static Result<SellerTerms> Choose(PurchaseRequest request, string? header, ReadOnlyMemory<byte> body, Func<PaymentChoice, bool> accepts)
    {
        var required = PaymentRequiredAnswer.Read(header, body);
        if (required.IsRefused)
            return new PaymentNotPossible(required.Refusal);
        var policy = new PaymentPolicy { Caps = [new SpendingCap(KnownAssets.Find(request.Asset)!, UInt256.Parse(request.MaxAmount))], Accepts = accepts };
        var choice = PaymentChooser.Choose(required.Value, policy);
        return choice.IsRefused ? new PaymentNotPossible(choice.Refusal) : new SellerTerms(required.Value, choice.Value);
    }

    /// <summary>The terms that were agreed on, read back from what was stored.</summary>
    public static SellerTerms Restore(StoredPurchase purchase)
    {
        var agreed = purchase.Terms!;
        var body = agreed.RequiredBody is { } text ? Encoding.UTF8.GetBytes(text) : [];
        var terms = Choose(purchase.Request, agreed.RequiredHeader, body, choice => IsAgreed(agreed, choice));
        return terms.Value ?? throw new InvalidDataException("What was agreed on is not in what the seller wrote.");
    }

    /// <summary>Whether another 402 still asks for what was agreed on; null: it cannot be read.</summary>
    public static bool? AsksForTheSame(PurchaseAuthorization agreed, string? header, ReadOnlyMemory<byte> body)
    {
        var required = PaymentRequiredAnswer.Read(header, body);
        return required.IsRefused ? null : required.Value.Options.Any(option =>
            EvmNetwork.TryParse(option.Network, required.Value.X402Version, out var network) && network.ToString() == agreed.Network && IsAddress(option.Asset, agreed.Token)
            && IsAddress(option.PayTo, agreed.To) && option.AmountAtomic == agreed.Amount);
    }

    /// <summary>What is to be stored before anything is signed.</summary>
    public PurchaseTerms ToStored(OfferPurchase offer, string? body, TransferWithAuthorization authorization)
    {
        var asset = Choice.Asset;
        var id = PaymentId.Of(asset.Network, asset.Address, authorization.From, authorization.Nonce);
        return new PurchaseTerms(
            id.ToString(), offer.Url, offer.Method, offer.HasBody, offer.Header, offer.Header is null ? body : null, asset.Network.ToString(), asset.Address.ToString(),
            asset.Decimals, Choice.AmountAtomic.ToString(), authorization.From.ToString(), authorization.To.ToString(), authorization.ValidAfter.ToString(),
            DateTimeOffset.FromUnixTimeSeconds((long)authorization.ValidBefore.Value), authorization.Nonce.ToString());
    }

    /// <summary>The payment of a signature. Refused when it is too long for a header.</summary>
    /// <param name="purchase">What it is for: its id is the name of it where sellers take one (extension <c>payment-identifier</c>).</param>
    /// <param name="signature">Of <see cref="AuthorizationOf"/>.</param>
    public Result<PurchasePayment> Complete(StoredPurchase purchase, ReadOnlyMemory<byte> signature)
    {
        var name = $"purchase_{purchase.Id}";
#if PLANTED_BUGS
        // Else the seller knows it by its name, and serves what was paid already.
        name += PlantedBugs.Is("paid_again") ? $"_{purchase.Attempt}" : "";
#endif
        JsonElement? extensions = Required is PaymentRequiredV2 v2 && PaymentIdentifier.IsOffered(v2.Extensions) ? PaymentIdentifier.AddTo(v2.Extensions, name) : null;
        var payment = PaymentSigner.Complete(Required, Choice, AuthorizationOf(purchase.Terms!), signature, extensions);
        return payment.IsRefused ? new PaymentNotPossible(payment.Refusal) : new PurchasePayment(payment.Value.HeaderName, payment.Value.HeaderValue);
    }

    /// <summary>What is signed.</summary>
    public static TransferWithAuthorization AuthorizationOf(PurchaseTerms terms) => new(
        EvmAddress.Parse(terms.Payer), EvmAddress.Parse(terms.Payee), UInt256.Parse(terms.Amount), UInt256.Parse(terms.ValidAfter),
        UInt256.Parse(terms.ValidBefore.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)), Bytes32.Parse(terms.Nonce));

    private static bool IsAgreed(PurchaseTerms agreed, PaymentChoice choice) =>
        choice.AmountAtomic.ToString() == agreed.Amount && choice.PayTo == EvmAddress.Parse(agreed.Payee)
        && choice.Asset.Network == EvmNetwork.Parse(agreed.Network) && choice.Asset.Address == EvmAddress.Parse(agreed.Token);

    private static bool IsAddress(string? text, string address) => EvmAddress.TryParse(text, out var parsed) && parsed == EvmAddress.Parse(address);
}

/// <summary>A seller asks for what cannot be paid.</summary>
/// <param name="Reason">Why: a code of x402's client.</param>
internal sealed record PaymentNotPossible(Refusal Reason)
    : Refusal(PurchaseCodes.PaymentNotPossible, $"The server wants a payment that is not made. {Reason.Detail}");
