using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Exact.Evm.Facilitator;

/// <summary>What was found.</summary>
/// <param name="Response">The answer for the wire.</param>
/// <param name="Payment">The payment as it was decoded; null when it could not be.</param>
public sealed record ExactEvmVerification(VerifyResponse Response, ExactEvmPayment? Payment);
