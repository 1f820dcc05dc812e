using AgentMesh.Primitives;

namespace AgentMesh.X402.Exact.Evm.Client;

/// <summary>Why nothing is signed. In the order in which it is looked for; of several ways to pay the one that came farthest is told.</summary>
public static class ClientRefusals
{
    /// <summary>The request is neither https nor to this machine: anybody on the way could take the payment.</summary>
    public const string InsecureUrl = "payment_insecure_url";

    /// <summary>Another scheme, network, transfer method or payment flow.</summary>
    public const string Unsupported = "payment_option_unsupported";

    /// <summary>An amount, an address or a checksum that is none.</summary>
    public const string Malformed = "payment_option_malformed";

    /// <summary>The token is not in the policy.</summary>
    public const string AssetNotAllowed = "payment_asset_not_allowed";

    /// <summary>The seller gives the token another domain: the signature would be for something else, or be refused.</summary>
    public const string DomainMismatch = "payment_domain_mismatch";

    /// <summary>The payment would have to be settled faster than it can be.</summary>
    public const string WindowTooShort = "payment_window_too_short";

    /// <summary>More than the policy's cap.</summary>
    public const string AmountOverCap = "payment_amount_over_cap";

    /// <summary>The policy's last word.</summary>
    public const string Declined = "payment_declined";

    /// <summary>With what the seller wants back the payment is longer than a header may be.</summary>
    public const string TooLarge = "payment_too_large";

    private static readonly string[] Order = [Unsupported, Malformed, AssetNotAllowed, DomainMismatch, WindowTooShort, AmountOverCap, Declined];

    internal static Refusal Of(string code, string detail) => new(code, detail);

    /// <summary>How far an option came.</summary>
    internal static int RankOf(Refusal refusal) => Array.IndexOf(Order, refusal.Code);
}
