using AgentMesh.Primitives;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Exact.Evm.Client;

/// <summary>What a request cost, beside its answer.</summary>
/// <param name="Payment">What was sent; null when nothing was. From then on it counts as spent until its nonce is known to be unused after it expired.</param>
/// <param name="Settlement">The receipt; null when none came that can be read.</param>
/// <param name="Refusal">Why a 402 was not paid.</param>
public sealed record PaymentOutcome(SignedPayment? Payment, SettleResponse? Settlement, Refusal? Refusal);
