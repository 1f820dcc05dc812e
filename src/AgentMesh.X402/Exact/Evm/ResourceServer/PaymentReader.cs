using AgentMesh.Primitives;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm.Facilitator;
using AgentMesh.X402.ProtocolExtensions;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Exact.Evm.ResourceServer;

/// <summary>
/// What a seller sees of a payment without asking anybody. What is bad in such a way is refused before anything is stored or asked, so that strangers
/// can neither fill a store nor make a facilitator look broken.
/// </summary>
public static class PaymentReader
{
    /// <summary>
    /// Reads the payment of a request for an offer, in the order of specification 6.1.2. Refused with a reason of <see cref="X402Reasons"/> when it
    /// cannot be told which payment it is; otherwise <see cref="ReceivedPayment.Refusal"/> says whether a new one would be taken.
    /// </summary>
    /// <param name="offer">What is asked for.</param>
    /// <param name="paymentSignature">The text of <c>PAYMENT-SIGNATURE</c>; null when it is not there.</param>
    /// <param name="xPayment">The text of <c>X-PAYMENT</c>; null when it is not there.</param>
    /// <param name="maxValidity">From now on; a payment that is valid for longer would have to be remembered for longer.</param>
    /// <param name="now">The time.</param>
    public static Result<ReceivedPayment> Read(PaymentOffer offer, string? paymentSignature, string? xPayment, TimeSpan maxValidity, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(offer);
        var payload = PaymentHeaders.ReadPayment(paymentSignature, xPayment);
        if (payload.IsRefused)
            return payload.Refusal;
        var match = offer.Match(payload.Value);
        // A price may have changed since the payment was taken: which payment it is can be said all the same.
        if ((match.Value ?? (payload.Value as PaymentPayloadV2)?.Accepted) is not { } requirements)
            return match.Refusal!;
        var verified = ExactEvmVerifier.Verify(payload.Value, requirements, now);
        if (verified.Payment is not { } payment)
            return match.Refusal ?? RefusalOf(verified);
        var refusal = match.Refusal
            ?? CheckResource(offer, payload.Value)
            ?? ExtensionEcho.Check(offer.Extensions, payload.Value)
            ?? CheckVerified(verified)
            ?? CheckValidity(payment, maxValidity, now);
        return new ReceivedPayment(payload.Value, requirements, payment, refusal, verified.Response.IsValid);
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

    // The verifier's no has both.
    private static Refusal RefusalOf(ExactEvmVerification verified) => new(verified.Response.InvalidReason!, verified.Response.InvalidMessage!);
}
