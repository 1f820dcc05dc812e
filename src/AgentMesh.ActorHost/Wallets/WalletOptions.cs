using AgentMesh.ActorHost.Secrets;
using AgentMesh.Agents.Wallets;

namespace AgentMesh.ActorHost.Wallets;

/// <summary>Section <c>AgentMesh:Wallets</c>: the agents' wallets.</summary>
internal sealed class WalletOptions
{
    internal const string Section = "AgentMesh:Wallets";

    /// <summary>Where the local component makes them.</summary>
    internal const string DevelopmentKeys = "secretstore/wallet-keys";

    /// <summary><c>local</c> (default): one key per agent, made on first use and stored encrypted. <c>none</c>: agents have no wallets.</summary>
    public string Provider { get; set; } = WalletProviders.Local;

    /// <summary>
    /// Where the master keys are: <c>STORE/NAME</c> or <c>STORE/NAME/KEY</c> of a Dapr secret store; 32 bytes in base64 each, the newest first, with
    /// commas between. Default in Development <c>secretstore/wallet-keys</c>, elsewhere none: without it nothing starts.
    /// </summary>
    public string? KeysSecret { get; set; }

    /// <summary>Why the settings cannot work, in a sentence; null: they can.</summary>
    internal string? WhyNot => Provider switch
    {
        WalletProviders.None => null,
        not WalletProviders.Local => $"{Variable(nameof(Provider))} is {WalletProviders.Local} or {WalletProviders.None}.",
        _ when string.IsNullOrWhiteSpace(KeysSecret) => $"{Variable(nameof(KeysSecret))} is missing: STORE/NAME of a Dapr secret store that has the wallets' master key, or {Variable(nameof(Provider))}={WalletProviders.None}.",
        _ => SecretPlace.TryParse(KeysSecret, out _) ? null : $"{Variable(nameof(KeysSecret))} is STORE/NAME or STORE/NAME/KEY.",
    };

    internal static string Variable(string name) => $"AgentMesh__Wallets__{name}";
}
