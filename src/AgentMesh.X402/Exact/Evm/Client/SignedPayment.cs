using AgentMesh.Evm;
using AgentMesh.Primitives;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Exact.Evm.Client;

/// <summary>
/// A payment that is signed and can be executed by whoever has it until <see cref="ValidBefore"/>. It is sent again as it is, byte for
/// byte, until it is settled or has expired; a second one would be paid too. Store it before it is sent.
/// </summary>
public sealed class SignedPayment
{
    private SignedPayment(PaymentPayload payload, ExactEvmPayment payment, string headerValue)
    {
        Payload = payload;
        Payment = payment;
        HeaderName = PaymentHeaders.NameOf(payload);
        HeaderValue = headerValue;
    }

    internal SignedPayment(PaymentPayload payload, ExactEvmPayment payment)
        : this(payload, payment, PaymentHeaders.Write(payload))
    {
    }

    /// <summary>Which payment: what it is booked and stored under.</summary>
    public PaymentId Id => Payment.Id;

    /// <summary>What was signed: who pays whom how much, in which token.</summary>
    public ExactEvmPayment Payment { get; }

    /// <summary>When nobody can execute it any more.</summary>
    public DateTimeOffset ValidBefore => Payment.ValidBefore;

    /// <summary>The payment for the wire.</summary>
    public PaymentPayload Payload { get; }

    /// <summary>The HTTP header it goes into.</summary>
    public string HeaderName { get; }

    /// <summary>The text of the header: the bytes to keep.</summary>
    public string HeaderValue { get; }

    /// <summary>
    /// Takes back what was stored, to send it again. Refused as <see cref="PaymentHeaders.ReadPayment"/> and
    /// <see cref="ExactEvmPayment.Decode(PaymentPayload, PaymentRequirements)"/> refuse, when it is not what was stored.
    /// </summary>
    /// <param name="headerName">As it was.</param>
    /// <param name="headerValue">As it was; it stays this text.</param>
    /// <param name="asset">The token: version 1 does not say it.</param>
    public static Result<SignedPayment> Restore(string headerName, string headerValue, EvmAddress asset)
    {
        var isV2 = headerName == PaymentHeaderNames.PaymentSignature;
        var payload = PaymentHeaders.ReadPayment(isV2 ? headerValue : null, isV2 ? null : headerValue);
        if (payload.IsRefused)
            return payload.Refusal;
        var payment = ExactEvmPayment.Decode(payload.Value, asset);
        return payment.IsRefused ? payment.Refusal : new SignedPayment(payload.Value, payment.Value, headerValue);
    }

    /// <summary>The id, never the payment.</summary>
    public override string ToString() => Id.ToString();
}
