using AgentMesh.Primitives;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Exact.Evm.ResourceServer;

/// <summary>A payment that came with a request and could be read.</summary>
/// <param name="Payload">As it came. Money until it is settled: it belongs in no log.</param>
/// <param name="Requirements">The seller's own that it is for; the client's copy only when the payment is refused for matching none.</param>
/// <param name="Payment">As it was decoded.</param>
/// <param name="Refusal">Why a new payment would not be taken, a reason of <see cref="X402Reasons"/>; null when it would. One that is known already is not judged anew.</param>
/// <param name="IsProven">The payer's own key has signed it for these requirements. False of the signature of an account's code, which only a facilitator can judge.</param>
public sealed record ReceivedPayment(PaymentPayload Payload, PaymentRequirements Requirements, ExactEvmPayment Payment, Refusal? Refusal, bool IsProven)
{
    /// <summary>The question and the order to a facilitator, which are the same bytes; kept, because an order is repeated only byte for byte.</summary>
    public byte[] ToFacilitatorRequest() => FacilitatorJson.Write(new SettleRequest(Payload.X402Version, Payload, Requirements));

    /// <summary>The id, never the payment.</summary>
    public override string ToString() => Payment.ToString();
}
