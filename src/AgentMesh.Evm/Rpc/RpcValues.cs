using System.Globalization;
using System.Text.Json;

namespace AgentMesh.Evm.Rpc;

/// <summary>Reads the values of the execution API. Null for anything that is not of the type.</summary>
internal static class RpcValues
{
    // LOG0 to LOG4.
    private const int MaxTopics = 4;

    public static string? ToText(JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // What System.Text.Json throws for an escape like \ud800 alone.
            return null;
        }
    }

    public static byte[]? ToBytes(JsonElement result) => Hex.TryDecode(ToText(result), out var bytes) ? bytes : null;

    public static Bytes32? ToBytes32(JsonElement result) => ToBytes32(ToText(result));

    public static ulong? ToUInt64(JsonElement result) => ToUInt64(ToText(result));

    /// <summary>A quantity: <c>0x</c> and hex digits. Leading zeros are allowed, which the specification forbids and some nodes send.</summary>
    public static UInt256? ToUInt256(JsonElement result)
    {
        if (ToText(result) is not { Length: > 2 and <= 2 + 2 * UInt256.Length } text || !text.StartsWith("0x", StringComparison.Ordinal))
            return null;
        Span<byte> bytes = stackalloc byte[UInt256.Length];
        return Hex.TryDecode("0x" + text[2..].PadLeft(2 * UInt256.Length, '0'), bytes) ? new UInt256(bytes) : null;
    }

    public static TransactionReceipt? ToReceipt(JsonElement result)
    {
        RpcReceipt? receipt;
        try
        {
            receipt = result.Deserialize(EvmRpcJson.Default.RpcReceipt);
        }
        catch (JsonException)
        {
            return null;
        }

        if (receipt is null
            || ToBytes32(receipt.TransactionHash) is not { } hash
            || ToBytes32(receipt.BlockHash) is not { } blockHash
            || ToUInt64(receipt.BlockNumber) is not { } blockNumber
            || !EvmAddress.TryParse(receipt.From, out var from)
            || !EvmAddress.TryParse(receipt.To, out var to) && receipt.To is not null
            // Receipts of before the Byzantium fork have a state root in its place: no chain that is paid on.
            || receipt.Status is not ("0x0" or "0x1")
            || ToUInt64(receipt.GasUsed) is not { } gasUsed
            || receipt.Logs is null)
        {
            return null;
        }

        var logs = new List<FilterLog>(receipt.Logs.Count);
        foreach (var log in receipt.Logs)
        {
            if (ToLog(log) is not { } read)
                return null;
            logs.Add(read);
        }

        return new TransactionReceipt(hash, blockHash, blockNumber, from, receipt.To is null ? null : to, receipt.Status == "0x1", gasUsed, logs);
    }

    /// <summary>The transactions of logs; null when one of them names none.</summary>
    public static IReadOnlyList<Bytes32>? ToTransactions(JsonElement result)
    {
        if (result.ValueKind != JsonValueKind.Array)
            return null;
        var transactions = new List<Bytes32>(result.GetArrayLength());
        foreach (var log in result.EnumerateArray())
        {
            if (log.ValueKind != JsonValueKind.Object || !log.TryGetProperty("transactionHash", out var hash) || ToBytes32(hash) is not { } read)
                return null;
            transactions.Add(read);
        }

        return transactions;
    }

    private static FilterLog? ToLog(RpcLog? log)
    {
        if (log is null
            || !EvmAddress.TryParse(log.Address, out var address)
            || log.Topics is not { Count: <= MaxTopics }
            || !Hex.TryDecode(log.Data, out var data)
            || ToUInt64(log.LogIndex) is not { } index)
        {
            return null;
        }

        var topics = new List<Bytes32>(log.Topics.Count);
        foreach (var topic in log.Topics)
        {
            if (ToBytes32(topic) is not { } read)
                return null;
            topics.Add(read);
        }

        return new FilterLog(address, topics, data, index);
    }

    private static Bytes32? ToBytes32(string? text) => Bytes32.TryParse(text, out var value) ? value : null;

    private static ulong? ToUInt64(string? text) =>
        text is { Length: > 2 and <= 2 + 2 * UInt256.Length } && text.StartsWith("0x", StringComparison.Ordinal)
        && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
}
