using System.Collections.Frozen;
using System.Globalization;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Networks;

/// <summary>An EVM chain by its number. Written as CAIP-2 (<c>eip155:84532</c>), which version 2 uses; version 1 has names.</summary>
/// <param name="ChainId">The number of EIP-155.</param>
public readonly record struct EvmNetwork(ulong ChainId)
{
    private const string Namespace = "eip155:";

    // JavaScript's largest safe integer: the official SDK takes no larger chain id.
    private const ulong MaxChainId = 9_007_199_254_740_991;

    // The names of version 1, from the table of the official TypeScript SDK (EVM_NETWORK_CHAIN_ID_MAP).
    private static readonly FrozenDictionary<string, ulong> ChainIds = new Dictionary<string, ulong>
    {
        ["ethereum"] = 1,
        ["sepolia"] = 11_155_111,
        ["abstract"] = 2741,
        ["abstract-testnet"] = 11_124,
        ["base-sepolia"] = 84_532,
        ["base"] = 8453,
        ["avalanche-fuji"] = 43_113,
        ["avalanche"] = 43_114,
        ["iotex"] = 4689,
        ["sei"] = 1329,
        ["sei-testnet"] = 1328,
        ["polygon"] = 137,
        ["polygon-amoy"] = 80_002,
        ["peaq"] = 3338,
        ["story"] = 1514,
        ["educhain"] = 41_923,
        ["skale-base-sepolia"] = 324_705_682,
        ["megaeth"] = 4326,
        ["monad"] = 143,
        ["stable"] = 988,
        ["stable-testnet"] = 2201,
        ["celo"] = 42_220,
        ["flare"] = 14,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<ulong, string> Names = ChainIds.ToFrozenDictionary(entry => entry.Value, entry => entry.Key);

    /// <summary>Ethereum.</summary>
    public static EvmNetwork Ethereum { get; } = new(1);

    /// <summary>Base.</summary>
    public static EvmNetwork Base { get; } = new(8453);

    /// <summary>The test network of Base.</summary>
    public static EvmNetwork BaseSepolia { get; } = new(84_532);

    /// <summary>Avalanche's C-Chain.</summary>
    public static EvmNetwork Avalanche { get; } = new(43_114);

    /// <summary>Monad.</summary>
    public static EvmNetwork Monad { get; } = new(143);

    /// <summary>The name that version 1 has for it; null when it has none.</summary>
    public string? LegacyName => Names.GetValueOrDefault(ChainId);

    /// <summary>Reads CAIP-2. One network has one text: no leading zeros, no other case.</summary>
    public static bool TryParse(string? text, out EvmNetwork network)
    {
        network = default;
        if (text is null || !text.StartsWith(Namespace, StringComparison.Ordinal))
            return false;
        var digits = text.AsSpan(Namespace.Length);
        if (digits.IsEmpty || digits[0] == '0' || !ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var chainId) || chainId > MaxChainId)
            return false;
        network = new EvmNetwork(chainId);
        return true;
    }

    /// <summary>Reads CAIP-2.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static EvmNetwork Parse(string text) =>
        TryParse(text, out var network) ? network : throw new FormatException("A network is eip155: and the number of its chain.");

    /// <summary>Reads what a version writes: CAIP-2 in version 2, a name in version 1, and nothing else.</summary>
    public static bool TryParse(string? text, int x402Version, out EvmNetwork network)
    {
        if (x402Version == X402Version.V2)
            return TryParse(text, out network);
        network = default;
        if (x402Version != X402Version.V1 || text is null || !ChainIds.TryGetValue(text, out var chainId))
            return false;
        network = new EvmNetwork(chainId);
        return true;
    }

    /// <summary>CAIP-2.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Namespace}{ChainId}");
}
