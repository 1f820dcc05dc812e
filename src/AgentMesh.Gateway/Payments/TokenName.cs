using AgentMesh.Evm;
using AgentMesh.X402.Networks;

namespace AgentMesh.Gateway.Payments;

/// <summary>Names of tokens in CAIP-19, such as <c>eip155:84532/erc20:0x036c…</c>.</summary>
internal static class TokenName
{
    private const string Erc20 = "/erc20:";

    /// <summary>The known token of a name; null when it is none.</summary>
    public static TokenAsset? Find(string name) =>
        name.Split(Erc20) is [var chain, var contract] && EvmNetwork.TryParse(chain, out var network) && EvmAddress.TryParse(contract, out var address)
            ? KnownAssets.Find(network, address)
            : null;
}
