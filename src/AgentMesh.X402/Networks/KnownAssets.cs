using System.Collections.Frozen;
using AgentMesh.Evm;

namespace AgentMesh.X402.Networks;

/// <summary>
/// The tokens whose domain is known here, so that nobody has to believe the other side's. From the table of the official TypeScript SDK
/// (<c>DEFAULT_ASSETS</c>); Base Sepolia's is compared with its <c>DOMAIN_SEPARATOR</c> in the tests.
/// </summary>
public static class KnownAssets
{
    private const string Erc20 = "/erc20:";

    /// <summary>USDC on Base Sepolia. Its domain is called USDC, not USD Coin.</summary>
    public static TokenAsset UsdcOnBaseSepolia { get; } = Usdc(EvmNetwork.BaseSepolia, "0x036CbD53842c5426634e7929541eC2318f3dCF7e", "USDC");

    /// <summary>USDC on Base.</summary>
    public static TokenAsset UsdcOnBase { get; } = Usdc(EvmNetwork.Base, "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913", "USD Coin");

    /// <summary>USDC on Ethereum.</summary>
    public static TokenAsset UsdcOnEthereum { get; } = Usdc(EvmNetwork.Ethereum, "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48", "USD Coin");

    /// <summary>USDC on Avalanche.</summary>
    public static TokenAsset UsdcOnAvalanche { get; } = Usdc(EvmNetwork.Avalanche, "0xB97EF9Ef8734C71904D8002F8b6Bc66Dd9c48a6E", "USD Coin");

    /// <summary>USDC on Monad. Its domain is called USDC; early SDKs had another name.</summary>
    public static TokenAsset UsdcOnMonad { get; } = Usdc(EvmNetwork.Monad, "0x754704Bc059F8C67012fEd69BC8A327a5aafb603", "USDC");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<TokenAsset> All { get; } = [UsdcOnBaseSepolia, UsdcOnBase, UsdcOnEthereum, UsdcOnAvalanche, UsdcOnMonad];

    private static FrozenDictionary<(EvmNetwork Network, EvmAddress Address), TokenAsset> ByContract { get; } =
        All.ToFrozenDictionary(asset => (asset.Network, asset.Address));

    /// <summary>The token of that contract; null when it is none of these.</summary>
    public static TokenAsset? Find(EvmNetwork network, EvmAddress address) => ByContract.GetValueOrDefault((network, address));

    /// <summary>The token of a name in CAIP-19, <c>eip155:84532/erc20:0x036c…</c>; null when it is none of these.</summary>
    public static TokenAsset? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Split(Erc20) is [var chain, var contract] && EvmNetwork.TryParse(chain, out var network) && EvmAddress.TryParse(contract, out var address)
            ? Find(network, address)
            : null;
    }

    private static TokenAsset Usdc(EvmNetwork network, string address, string name) =>
        new(network, EvmAddress.Parse(address), "USDC", name, "2", decimals: 6);
}
