using AgentMesh.ActorHost.Wallets.Crossmint;
using AgentMesh.Agents.Wallets;
using AgentMesh.Evm;
using AgentMesh.ServiceDefaults.Secrets;
using AgentMesh.X402.Networks;

namespace AgentMesh.ActorHost.Wallets;

/// <summary>Section <c>AgentMesh:Wallets</c>: the agents' wallets.</summary>
internal sealed class WalletOptions
{
    internal const string Section = "AgentMesh:Wallets";

    private const int UsdcDecimals = 6;

    /// <summary>Where the local component makes them.</summary>
    internal const string DevelopmentKeys = "secretstore/wallet-keys";

    /// <summary>
    /// <c>local</c> (default): one key per agent, made on first use and stored encrypted. <c>crossmint</c>: a wallet per agent at Crossmint, asked for after
    /// the first message. <c>none</c>: agents have no wallets.
    /// </summary>
    public string Provider { get; set; } = WalletProviders.Local;

    /// <summary>
    /// Where the master keys are: <c>STORE/NAME</c> or <c>STORE/NAME/KEY</c> of a Dapr secret store; 32 bytes in base64 each, the newest first, with
    /// commas between. Default in Development <c>secretstore/wallet-keys</c>, elsewhere none: without it nothing starts.
    /// </summary>
    public string? KeysSecret { get; set; }

    /// <summary>
    /// Simulated USDC that a new wallet gets from the facilitator of this machine, such as <c>10</c>. Default none. Development only: nobody else gives
    /// money away, and a real facilitator has no faucet. Nothing for wallets of another provider than <c>local</c>.
    /// </summary>
    public string? StartingUsdc { get; set; }

    /// <summary>Of the provider <c>crossmint</c>.</summary>
    public CrossmintOptions Crossmint { get; set; } = new();

    /// <summary>New wallets get some.</summary>
    internal bool HasStartingMoney => !StartingAmount.Value.IsZero;

    /// <summary>How much, in atomic units; 0: none.</summary>
    internal UInt256 StartingAmount => DecimalAmount.TryParse(StartingUsdc, UsdcDecimals, out var amount) ? amount : default;

    /// <summary>Why the settings cannot work, in a sentence; null: they can.</summary>
    /// <param name="isDevelopment">The environment is Development.</param>
    internal string? WhyNotIn(bool isDevelopment) => StartingUsdc switch
    {
        null or "" => WhyNot,
        _ when !DecimalAmount.TryParse(StartingUsdc, UsdcDecimals, out _) => $"{Variable(nameof(StartingUsdc))} is an amount with at most {UsdcDecimals} decimals, such as 10 or 0.5.",
        _ when !isDevelopment => $"{Variable(nameof(StartingUsdc))} is simulated money, for Development only.",
        _ => WhyNot,
    };

    /// <summary>Why the places of keys cannot be, in a sentence; null: they can.</summary>
    internal string? WhyNot => Provider switch
    {
        WalletProviders.None => null,
        WalletProviders.Crossmint => Crossmint.WhyNot,
        not WalletProviders.Local => $"{Variable(nameof(Provider))} is {WalletProviders.Local}, {WalletProviders.Crossmint} or {WalletProviders.None}.",
        _ when string.IsNullOrWhiteSpace(KeysSecret) => $"{Variable(nameof(KeysSecret))} is missing: STORE/NAME of a Dapr secret store that has the wallets' master key, or {Variable(nameof(Provider))}={WalletProviders.None}.",
        _ => SecretPlace.TryParse(KeysSecret, out _) ? null : $"{Variable(nameof(KeysSecret))} is STORE/NAME or STORE/NAME/KEY.",
    };

    internal static string Variable(string name) => $"AgentMesh__Wallets__{name}";
}
