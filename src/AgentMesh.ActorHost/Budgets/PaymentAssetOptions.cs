using AgentMesh.Evm;
using AgentMesh.X402.Networks;

namespace AgentMesh.ActorHost.Budgets;

/// <summary>Section <c>AgentMesh:Payments</c>, of which this app needs the token that the mesh's prices are paid in.</summary>
internal sealed class PaymentAssetOptions
{
    internal const string Section = "AgentMesh:Payments";

    /// <summary>The network, CAIP-2. Default Base Sepolia.</summary>
    public string Network { get; set; } = KnownAssets.UsdcOnBaseSepolia.Network.ToString();

    /// <summary>The token's contract. Default USDC on Base Sepolia.</summary>
    public string Asset { get; set; } = KnownAssets.UsdcOnBaseSepolia.Address.ToString();

    /// <summary>The token; null when it is not known.</summary>
    internal TokenAsset? Token =>
        EvmNetwork.TryParse(Network, out var network) && EvmAddress.TryParse(Asset, out var asset) ? KnownAssets.Find(network, asset) : null;
}
