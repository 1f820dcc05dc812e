using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AgentMesh.Evm;
using AgentMesh.X402.Networks;

namespace AgentMesh.Facilitator.Ledger;

/// <summary>The keys of the ledger, all of them. Dapr writes the app id before each: <c>facilitator||head:84532</c>. README.md lists them.</summary>
internal static class LedgerKeys
{
    public static string Head(EvmNetwork network) => Key(network, "head");

    public static string Balance(EvmNetwork network, EvmAddress token, EvmAddress owner) => $"{Key(network, "balance")}:{token}:{owner}";

    public static string Authorization(EvmNetwork network, EvmAddress token, EvmAddress authorizer, Bytes32 nonce) =>
        $"{Key(network, "authorization")}:{token}:{authorizer}:{nonce}";

    public static string Transaction(EvmNetwork network, Bytes32 hash) => $"{Key(network, "transaction")}:{hash}";

    public static string Block(EvmNetwork network, long number) => string.Create(CultureInfo.InvariantCulture, $"{Key(network, "block")}:{number}");

    /// <summary>Hashed: a caller's key is any text.</summary>
    public static string Gift(EvmNetwork network, string idempotencyKey) =>
        $"{Key(network, "gift")}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(idempotencyKey)))}";

    private static string Key(EvmNetwork network, string kind) => string.Create(CultureInfo.InvariantCulture, $"{kind}:{network.ChainId}");
}
