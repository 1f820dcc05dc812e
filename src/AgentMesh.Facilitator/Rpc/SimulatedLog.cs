using AgentMesh.Evm;
using AgentMesh.Evm.Abi;
using AgentMesh.Evm.Tokens;
using AgentMesh.Facilitator.Ledger;

namespace AgentMesh.Facilitator.Rpc;

/// <summary>What a token says of a transaction: <c>AuthorizationUsed</c> and <c>Transfer</c>. Nobody can cancel an authorization on the simulated chain.</summary>
/// <param name="Contract">The token.</param>
/// <param name="Topics">Which event, and of whom.</param>
/// <param name="Data">The rest, in hex.</param>
/// <param name="Index">Its place in the block.</param>
internal sealed record SimulatedLog(EvmAddress Contract, IReadOnlyList<Bytes32> Topics, string Data, ulong Index)
{
    /// <summary>Those of a transaction, in the token's order: FiatTokenV2 marks the nonce as used and then transfers.</summary>
    public static IReadOnlyList<SimulatedLog> Of(TransactionRecord record)
    {
        var token = EvmAddress.Parse(record.Token);
        var value = Hex.Encode(new AbiEncoder().Add(UInt256.Parse(record.Value)).ToArray());
        var from = Word(record.From);
        Bytes32[] moved = [Erc20.TransferTopic, from, Word(record.To)];
        return record.Nonce is { } nonce
            ? [new(token, [Eip3009.AuthorizationUsedTopic, from, Bytes32.Parse(nonce)], "0x", 0), new(token, moved, value, 1)]
            : [new(token, moved, value, 0)];
    }

    private static Bytes32 Word(string address) => new(new AbiEncoder().Add(EvmAddress.Parse(address)).ToArray());
}
