using AgentMesh.Primitives;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Codecs;

/// <summary>What text of strangers is refused for; the codes are reasons of the wire (<see cref="X402Reasons"/>) and two of our own.</summary>
public static class X402Refusals
{
    /// <summary>A 402 that says neither in version 1 nor in version 2 how to pay.</summary>
    public const string InvalidPaymentRequired = "invalid_payment_required";

    /// <summary>A receipt, or a facilitator's answer, that cannot be read. Whether anything was paid is then unknown.</summary>
    public const string InvalidPaymentResponse = "invalid_payment_response";

    internal static Refusal NoPayment { get; } = new(X402Reasons.PaymentRequired, "Payment is required.");

    internal static Refusal Payload(string detail) => new(X402Reasons.InvalidPayload, detail);

    internal static Refusal Version(string detail) => new(X402Reasons.InvalidX402Version, detail);

    internal static Refusal Required { get; } = new(InvalidPaymentRequired, "The answer does not say how to pay.");

    internal static Refusal Response { get; } = new(InvalidPaymentResponse, "The answer about the payment cannot be read.");
}
