using System.Buffers;
using System.Text;
using System.Text.Json;
using AgentMesh.Contracts.Payments;
using AgentMesh.Evm;
using AgentMesh.Payments.Intents;
using AgentMesh.Primitives;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using AgentMesh.X402.Networks;
using AgentMesh.X402.ProtocolExtensions;
using AgentMesh.X402.Wire;

namespace AgentMesh.Payments.Purchases;

/// <summary>
/// Makes an order of a purchase, or says what is wrong with it as far as that can be seen without asking anybody.
/// </summary>
internal static class PurchaseReader
{
    /// <summary>Bytes of UTF-8, as an agent takes them.</summary>
    internal const int MaxContentBytes = 65_536;

    private const int HashLength = 64;

    /// <summary>What the gateway offers, and what payments may bring back.</summary>
    private static readonly JsonElement Extensions = PaymentIdentifier.Offer(required: false);

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    public static PurchaseReading Read(Purchase purchase, TimeSpan maxValidity, DateTimeOffset now)
    {
        if (Check(purchase) is { } wrong)
            return new PurchaseReading(null, Invalid(wrong));
        if (ReadOffer(purchase) is not { } offer)
            return new PurchaseReading(null, Invalid("options is 1 to 16 ways to pay in known tokens, more than nothing, to somebody."));
        var payment = PaymentReader.Read(offer, purchase.PaymentSignature, purchase.XPayment, maxValidity, now);
        if (payment.IsRefused)
            return new PurchaseReading(null, payment.Refusal);
        var (intent, noIntent) = IntentReader.Read(purchase, payment.Value.Payload, payment.Value.Payment);
        return noIntent is null
            ? new PurchaseReading(ToOrder(purchase, payment.Value, intent), payment.Value.Refusal, payment.Value.IsProven)
            : new PurchaseReading(null, noIntent);
    }

    private static string? Check(Purchase purchase)
    {
        if (!AgentKey.TryParse(purchase.Seller, out _))
            return "seller is a tenant and a user.";
        if (purchase.Resource is not { Url.Length: > 0 and <= X402Limits.MaxTextLength })
            return "resource.url is 1 to 2,048 characters.";
        if (purchase.BodyHash is not { Length: HashLength } hash || hash.AsSpan().ContainsAnyExcept(HexDigits))
            return "bodyHash is 64 lower case hex digits.";
        return string.IsNullOrEmpty(purchase.Content) || Encoding.UTF8.GetByteCount(purchase.Content) > MaxContentBytes
            ? "content is 1 to 65,536 bytes of UTF-8."
            : null;
    }

    private static PaymentOffer? ReadOffer(Purchase purchase)
    {
        if (purchase.Options is not { Count: > 0 and <= PaymentOffer.MaxOptions })
            return null;
        var options = new List<PaymentOption>(purchase.Options.Count);
        foreach (var option in purchase.Options)
        {
            if (option is null
                || !EvmNetwork.TryParse(option.Network, out var network)
                || !EvmAddress.TryParse(option.Asset, out var address)
                || KnownAssets.Find(network, address) is not { } asset
                || !UInt256.TryParse(option.AmountAtomic, out var amount) || amount.Value.IsZero
                || !EvmAddress.TryParse(option.PayTo, out var payTo) || payTo == EvmAddress.Zero
                || option.MaxTimeoutSeconds <= 0)
            {
                return null;
            }

            options.Add(new PaymentOption(asset, amount, payTo, option.MaxTimeoutSeconds));
        }

        return new PaymentOffer(new ResourceInfo(purchase.Resource.Url, purchase.Resource.Description, purchase.Resource.MimeType), options, Extensions);
    }

    private static PaymentOrder ToOrder(Purchase purchase, ReceivedPayment received, PaymentIntent? intent)
    {
        var payment = received.Payment;
        var authorization = payment.Authorization;
        var terms = new PaymentTerms(
            payment.Network.ToString(), payment.Asset.ToString(), authorization.Value.ToString(), authorization.To.ToString(), authorization.From.ToString(),
            authorization.Nonce.ToString(), payment.ValidBefore, received.Payload.X402Version, received.Requirements.Network);
        return new PaymentOrder(
            payment.Id.ToString(), purchase.Seller, purchase.Resource.Url, purchase.BodyHash, payment.CalculateFingerprint(), terms,
            new PaymentJob(Encoding.UTF8.GetString(received.ToFacilitatorRequest()), purchase.Content, purchase.SessionId, purchase.Tool, intent));
    }

    private static Refusal Invalid(string detail) => new(PaymentRefusals.InvalidPurchase, detail);
}
