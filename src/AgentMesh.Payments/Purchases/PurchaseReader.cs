using System.Buffers;
using System.Text;
using System.Text.Json;
using AgentMesh.Contracts.Payments;
using AgentMesh.Evm;
using AgentMesh.Payments.Intents;
using AgentMesh.Primitives;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm;
using AgentMesh.X402.Exact.Evm.Facilitator;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using AgentMesh.X402.Networks;
using AgentMesh.X402.ProtocolExtensions;
using AgentMesh.X402.Wire;

namespace AgentMesh.Payments.Purchases;

/// <summary>
/// Makes an order of a purchase: all that can be seen without asking anybody. A payment that is bad in such a way is refused here, so that strangers
/// can neither fill the store nor make the facilitator look broken.
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
        var payload = PaymentHeaders.ReadPayment(purchase.PaymentSignature, purchase.XPayment);
        if (payload.IsRefused)
            return new PurchaseReading(null, payload.Refusal);
        var match = offer.Match(payload.Value);
        // A price may have changed since the payment was taken: which payment it is can be said all the same.
        if ((match.Value ?? (payload.Value as PaymentPayloadV2)?.Accepted) is not { } requirements)
            return new PurchaseReading(null, match.Refusal);
        var verified = ExactEvmVerifier.Verify(payload.Value, requirements, now);
        if (verified.Payment is not { } payment)
            return new PurchaseReading(null, match.Refusal ?? RefusalOf(verified));
        var (intent, noIntent) = IntentReader.Read(purchase, payload.Value, payment);
        if (noIntent is not null)
            return new PurchaseReading(null, noIntent);
        var refusal = match.Refusal ?? CheckResource(offer, payload.Value) ?? ExtensionEcho.Check(offer.Extensions, payload.Value) ?? CheckVerified(verified)
            ?? CheckValidity(payment, maxValidity, now);
        return new PurchaseReading(ToOrder(purchase, payload.Value, requirements, payment, intent), refusal, verified.Response.IsValid);
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

    private static Refusal? CheckResource(PaymentOffer offer, PaymentPayload payload) =>
        offer.IsForResource(payload) ? null : new Refusal(X402Reasons.ResourceMismatch, "The payment says that it is for another resource.");

    // Signatures that only an account's code can judge are the facilitator's to judge.
    private static Refusal? CheckVerified(ExactEvmVerification verified) =>
        verified.Response.IsValid || verified is { Payment.SignatureKind: not SignatureKind.Key, Response.InvalidReason: X402Reasons.UnsupportedPayloadType or X402Reasons.UndeployedSmartWallet }
            ? null
            : RefusalOf(verified);

    private static Refusal? CheckValidity(ExactEvmPayment payment, TimeSpan maxValidity, DateTimeOffset now) =>
        payment.Authorization.ValidBefore.Value > (now + maxValidity).ToUnixTimeSeconds()
            ? new Refusal(X402Reasons.AuthorizationValidBefore, "authorization.validBefore is too far away: sign for no longer than maxTimeoutSeconds.")
            : null;

    private static Refusal RefusalOf(ExactEvmVerification verified) =>
        new(verified.Response.InvalidReason ?? X402Reasons.UnexpectedVerifyError, verified.Response.InvalidMessage ?? "The payment is not good.");

    private static PaymentOrder ToOrder(Purchase purchase, PaymentPayload payload, PaymentRequirements requirements, ExactEvmPayment payment, PaymentIntent? intent)
    {
        var authorization = payment.Authorization;
        var terms = new PaymentTerms(
            payment.Network.ToString(), payment.Asset.ToString(), authorization.Value.ToString(), authorization.To.ToString(), authorization.From.ToString(),
            authorization.Nonce.ToString(), TimeOf(authorization.ValidBefore), payload.X402Version, requirements.Network);
        var request = Encoding.UTF8.GetString(FacilitatorJson.Write(new SettleRequest(payload.X402Version, payload, requirements)));
        return new PaymentOrder(
            payment.Id.ToString(), purchase.Seller, purchase.Resource.Url, purchase.BodyHash, payment.CalculateFingerprint(), terms,
            new PaymentJob(request, purchase.Content, purchase.SessionId, purchase.Tool, intent));
    }

    private static DateTimeOffset TimeOf(UInt256 seconds) => seconds.Value < DateTimeOffset.MaxValue.ToUnixTimeSeconds()
        ? DateTimeOffset.FromUnixTimeSeconds((long)seconds.Value)
        : DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.MaxValue.ToUnixTimeSeconds());

    private static Refusal Invalid(string detail) => new(PaymentRefusals.InvalidPurchase, detail);
}
