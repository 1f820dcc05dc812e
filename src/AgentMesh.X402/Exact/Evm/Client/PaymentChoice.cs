using AgentMesh.Evm;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Exact.Evm.Client;

/// <summary>The way to pay that was chosen, as it was understood.</summary>
/// <param name="Requirements">As the seller wrote it.</param>
/// <param name="Asset">The token, of the policy.</param>
/// <param name="AmountAtomic">How much.</param>
/// <param name="PayTo">To whom.</param>
/// <param name="ValiditySeconds">How long the signature will be valid.</param>
public sealed record PaymentChoice(PaymentRequirements Requirements, TokenAsset Asset, UInt256 AmountAtomic, EvmAddress PayTo, int ValiditySeconds);
