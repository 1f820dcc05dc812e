using System.Globalization;
using System.Text.Json;
using AgentMesh.Evm;

namespace AgentMesh.Facilitator.Rpc;

/// <summary>What <c>eth_getLogs</c> looks for, read and refused as geth does, in its words.</summary>
/// <param name="Contracts">Which contracts; null: all.</param>
/// <param name="Topics">For each place of a log's topics one of these; null: any. A log with fewer topics is none.</param>
/// <param name="From">The first block, a number or a tag; null: the newest.</param>
/// <param name="To">The last block, a number or a tag; null: the newest.</param>
/// <param name="BlockHash">The only block, in place of the two.</param>
internal sealed record LogFilter(
    IReadOnlySet<EvmAddress>? Contracts, IReadOnlyList<IReadOnlySet<Bytes32>?> Topics, string? From, string? To, Bytes32? BlockHash)
{
    /// <summary>A log has at most four topics (LOG4).</summary>
    private const int MaxTopics = 4;

    /// <summary>geth's <c>--rpc.logquerylimit</c> by default.</summary>
    private const int MaxAlternatives = 1000;

    /// <summary>Reads the parameters of the method.</summary>
    /// <exception cref="RpcException">They are no filter.</exception>
    public static LogFilter Read(JsonElement[] parameters)
    {
        if (parameters is not [{ ValueKind: JsonValueKind.Object } filter, ..])
            throw Invalid("missing value for required argument 0");
        var (from, to, hash) = (TextOf(filter, "fromBlock"), TextOf(filter, "toBlock"), TextOf(filter, "blockHash"));
        if (hash is not null && (from ?? to) is not null)
            throw Invalid("cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other");
        Bytes32 block = default;
        if (hash is not null && !Bytes32.TryParse(hash, out block))
            throw Invalid("invalid argument 0: the block's hash is not 32 bytes in hex");
        return new LogFilter(
            filter.TryGetProperty("address", out var address) ? ReadSet<EvmAddress>(address, EvmAddress.TryParse, "invalid address in query") : null,
            filter.TryGetProperty("topics", out var topics) ? ReadTopics(topics) : [],
            from,
            to,
            hash is null ? null : block);
    }

    /// <summary>The blocks from the first to the last; none when the first is later than the newest.</summary>
    /// <exception cref="RpcException">They are in the wrong order, or no blocks.</exception>
    public (long First, long Last) RangeTo(long newest)
    {
        var (first, last) = (NumberOf(From, newest), NumberOf(To, newest));
        return first <= last ? (first, Math.Min(last, newest)) : throw Invalid("invalid block range params");
    }

    /// <summary>Whether a log is one of them.</summary>
    public bool Matches(SimulatedLog log) =>
        Contracts?.Contains(log.Contract) != false
        && Topics.Count <= log.Topics.Count
        && Topics.Index().All(place => place.Item?.Contains(log.Topics[place.Index]) != false);

    private static List<IReadOnlySet<Bytes32>?> ReadTopics(JsonElement topics)
    {
        const string Wrong = "invalid topic(s)";
        if (topics.ValueKind == JsonValueKind.Null)
            return [];
        if (topics.ValueKind != JsonValueKind.Array)
            throw Invalid(Wrong);
        return topics.GetArrayLength() <= MaxTopics
            ? [.. topics.EnumerateArray().Select(topic => ReadSet<Bytes32>(topic, Bytes32.TryParse, Wrong))]
            : throw Invalid("exceed max topics");
    }

    /// <summary>One or several; null for any, which an empty list and a null in it mean too.</summary>
    private static HashSet<T>? ReadSet<T>(JsonElement element, TryParse<T> tryParse, string wrong)
    {
        JsonElement[] all = element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray()] : [element];
        if (all.Length > MaxAlternatives)
            throw Invalid("exceed max addresses or topics per search position");
        if (all.Length == 0 || all.Any(one => one.ValueKind == JsonValueKind.Null))
            return null;
        return [.. all.Select(one => tryParse(RpcArgument.Text(one), out var value) ? value : throw Invalid(wrong))];
    }

    private static long NumberOf(string? block, long newest) => block switch
    {
        null or "latest" or "safe" or "finalized" => newest,
        "earliest" => 0,
        "pending" => throw Invalid("pending logs are not supported"),
        _ when block.StartsWith("0x", StringComparison.Ordinal)
            && long.TryParse(block.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) && number >= 0 => number,
        _ => throw Invalid("invalid argument 0: a block is a number in hex behind 0x, or a tag"),
    };

    private static string? TextOf(JsonElement filter, string name) =>
        !filter.TryGetProperty(name, out var member) || member.ValueKind == JsonValueKind.Null ? null : RpcArgument.Text(member) ?? "";

    private static RpcException Invalid(string message) => new(RpcException.InvalidParams, message);

    private delegate bool TryParse<T>(string? text, out T value);
}
