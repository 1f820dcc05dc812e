using AgentMesh.Evm;
using AgentMesh.X402.Networks;

namespace AgentMesh.X402.Exact.Evm.Client;

/// <summary>A token that may be paid with.</summary>
/// <param name="Asset">The token. Its domain is signed for, whatever the seller calls it.</param>
/// <param name="MaxAmountAtomic">The most that one payment may take.</param>
public sealed record SpendingCap(TokenAsset Asset, UInt256 MaxAmountAtomic);
