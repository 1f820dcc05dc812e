namespace AgentMesh.Evm.Rpc;

/// <summary>What became of a transaction in its block. The block may still be replaced: compare the number with the chain's.</summary>
/// <param name="TransactionHash">The transaction.</param>
/// <param name="BlockHash">The block.</param>
/// <param name="BlockNumber">The block's number.</param>
/// <param name="From">Who sent it, and paid for it.</param>
/// <param name="To">Whom it called; null for one that deployed a contract.</param>
/// <param name="Succeeded">False when it reverted; then there are no logs. True is not yet a payment: a log has to say that the token moved.</param>
/// <param name="GasUsed">Gas.</param>
/// <param name="Logs">The events, in order.</param>
public sealed record TransactionReceipt(
    Bytes32 TransactionHash, Bytes32 BlockHash, ulong BlockNumber, EvmAddress From, EvmAddress? To, bool Succeeded, ulong GasUsed, IReadOnlyList<FilterLog> Logs);
