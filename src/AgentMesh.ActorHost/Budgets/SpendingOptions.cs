using AgentMesh.Evm;
using AgentMesh.X402.Networks;

namespace AgentMesh.ActorHost.Budgets;

/// <summary>Section <c>AgentMesh:Payments</c>: the token that agents have a limit on by default.</summary>
internal sealed class SpendingOptions
{
    internal const string Section = "AgentMesh:Payments";

    /// <summary>The network, CAIP-2. Default Base Sepolia.</summary>
    public string Network { get; set; } = KnownAssets.UsdcOnBaseSepolia.Network.ToString();

    /// <summary>The token's contract. Default USDC on Base Sepolia.</summary>
    public string Asset { get; set; } = KnownAssets.UsdcOnBaseSepolia.Address.ToString();

    /// <summary>The token; null when nothing is known of it, and then nothing of it is spent by default.</summary>
    internal TokenAsset? Token =>
        EvmNetwork.TryParse(Network, out var network) && EvmAddress.TryParse(Asset, out var asset) ? KnownAssets.Find(network, asset) : null;
}
