using System.Globalization;
using System.Text.Json.Nodes;
using AgentMesh.Evm;
using AgentMesh.Facilitator.Ledger;
using AgentMesh.Facilitator.Settlement;
using AgentMesh.X402.Networks;

namespace AgentMesh.Facilitator.Rpc;

/// <summary>Results as Ethereum's execution API writes them.</summary>
internal static class RpcText
{
    // What transferWithAuthorization takes on Base, about; nobody pays for it here.
    private const ulong GasUsed = 85_000;

    private static readonly string EmptyBloom = "0x" + new string('0', 512);

    public static string Quantity(ulong value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");

    /// <summary>The receipt of a transaction: what moved, and with an authorization that its nonce is used.</summary>
    public static JsonObject Receipt(EvmNetwork network, Bytes32 hash, TransactionRecord record) => new()
    {
        ["transactionHash"] = hash.ToString(),
        ["transactionIndex"] = "0x0",
        ["blockHash"] = BlockHash(network, record.Block).ToString(),
        ["blockNumber"] = Quantity((ulong)record.Block),
        ["from"] = SettlementEndpoints.Signer.ToString(),
        ["to"] = record.Token,
        ["contractAddress"] = null,
        ["status"] = "0x1",
        ["type"] = "0x2",
        ["gasUsed"] = Quantity(GasUsed),
        ["cumulativeGasUsed"] = Quantity(GasUsed),
        ["effectiveGasPrice"] = "0x0",
        ["logsBloom"] = EmptyBloom,
        ["logs"] = new JsonArray([.. SimulatedLog.Of(record).Select(log => Log(network, hash, record, log))]),
    };

    /// <summary>A log, as receipts and <c>eth_getLogs</c> have it.</summary>
    public static JsonObject Log(EvmNetwork network, Bytes32 hash, TransactionRecord record, SimulatedLog log) => new()
    {
        ["address"] = log.Contract.ToString(),
        ["topics"] = new JsonArray([.. log.Topics.Select(topic => JsonValue.Create(topic.ToString()))]),
        ["data"] = log.Data,
        ["blockNumber"] = Quantity((ulong)record.Block),
        ["blockHash"] = BlockHash(network, record.Block).ToString(),
        ["transactionHash"] = hash.ToString(),
        ["transactionIndex"] = "0x0",
        ["logIndex"] = Quantity(log.Index),
        ["removed"] = false,
    };

    /// <summary>The hash of a block, which follows from its number alone.</summary>
    public static Bytes32 BlockHash(EvmNetwork network, long block)
    {
        Span<byte> words = stackalloc byte[2 * Bytes32.Length];
        UInt256.FromUInt64(network.ChainId).CopyTo(words);
        UInt256.FromUInt64((ulong)block).CopyTo(words[Bytes32.Length..]);
        return Keccak256.CalculateHash(words);
    }
}
