using System.Globalization;
using System.Text.Json.Nodes;
using AgentMesh.Evm;
using AgentMesh.Evm.Abi;
using AgentMesh.Evm.Tokens;
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
    public static JsonObject Receipt(EvmNetwork network, Bytes32 hash, TransactionRecord record)
    {
        var number = Quantity((ulong)record.Block);
        var block = BlockHash(network, record.Block).ToString();
        var logs = new JsonArray(Log(
            0, [Erc20.TransferTopic, Word(record.From), Word(record.To)], Hex.Encode(new AbiEncoder().Add(UInt256.Parse(record.Value)).ToArray())));
        // In the token's order: FiatTokenV2 marks the nonce as used and then transfers.
        if (record.Nonce is { } nonce)
        {
            logs.Insert(0, Log(0, [Eip3009.AuthorizationUsedTopic, Word(record.From), Bytes32.Parse(nonce)], "0x"));
            logs[1]!["logIndex"] = "0x1";
        }

        return new JsonObject
        {
            ["transactionHash"] = hash.ToString(),
            ["transactionIndex"] = "0x0",
            ["blockHash"] = block,
            ["blockNumber"] = number,
            ["from"] = SettlementEndpoints.Signer.ToString(),
            ["to"] = record.Token,
            ["contractAddress"] = null,
            ["status"] = "0x1",
            ["type"] = "0x2",
            ["gasUsed"] = Quantity(GasUsed),
            ["cumulativeGasUsed"] = Quantity(GasUsed),
            ["effectiveGasPrice"] = "0x0",
            ["logsBloom"] = EmptyBloom,
            ["logs"] = logs,
        };

        JsonObject Log(ulong index, Bytes32[] topics, string data) => new()
        {
            ["address"] = record.Token,
            ["topics"] = new JsonArray([.. topics.Select(topic => JsonValue.Create(topic.ToString()))]),
            ["data"] = data,
            ["blockNumber"] = number,
            ["blockHash"] = block,
            ["transactionHash"] = hash.ToString(),
            ["transactionIndex"] = "0x0",
            ["logIndex"] = Quantity(index),
            ["removed"] = false,
        };
    }

    private static Bytes32 BlockHash(EvmNetwork network, long block)
    {
        Span<byte> words = stackalloc byte[2 * Bytes32.Length];
        UInt256.FromUInt64(network.ChainId).CopyTo(words);
        UInt256.FromUInt64((ulong)block).CopyTo(words[Bytes32.Length..]);
        return Keccak256.CalculateHash(words);
    }

    private static Bytes32 Word(string address) => new(new AbiEncoder().Add(EvmAddress.Parse(address)).ToArray());
}
