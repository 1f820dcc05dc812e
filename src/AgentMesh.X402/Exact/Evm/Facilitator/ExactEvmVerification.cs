using AgentMesh.Evm;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Exact.Evm.Facilitator;

/// <summary>What was found.</summary>
/// <param name="Response">The answer for the wire.</param>
/// <param name="Payment">The payment as it was decoded; null when it could not be.</param>
/// <param name="Digest">What had to be signed: it is another one for another authorization. Null when the payment was refused before that.</param>
public sealed record ExactEvmVerification(VerifyResponse Response, ExactEvmPayment? Payment, Bytes32? Digest = null);
