namespace AgentMesh.Evm.Rpc;

/// <summary>An event that a contract emitted in a transaction.</summary>
/// <param name="Address">The contract.</param>
/// <param name="Topics">The event and its indexed values, at most 4.</param>
/// <param name="Data">The values that are not indexed, as the ABI writes them.</param>
/// <param name="LogIndex">Its number in the block.</param>
public sealed record FilterLog(EvmAddress Address, IReadOnlyList<Bytes32> Topics, ReadOnlyMemory<byte> Data, ulong LogIndex);
