using AgentMesh.Evm;
using AgentMesh.X402.Networks;

namespace AgentMesh.X402.Exact.Evm.ResourceServer;

/// <summary>A transfer that was authorized, as it can be looked for on its chain.</summary>
/// <param name="Network">The chain.</param>
/// <param name="Asset">The token.</param>
/// <param name="From">Who pays.</param>
/// <param name="To">Who is paid.</param>
/// <param name="Value">How much, in atomic units.</param>
/// <param name="Nonce">The authorization's.</param>
/// <param name="ValidBefore">When it cannot be executed any more.</param>
public sealed record AuthorizedTransfer(
    EvmNetwork Network, EvmAddress Asset, EvmAddress From, EvmAddress To, UInt256 Value, Bytes32 Nonce, DateTimeOffset ValidBefore)
{
    /// <summary>After <see cref="ValidBefore"/>, for our clock and the chain's, and for a newest block that is replaced.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(60);

    /// <summary>The transfer of a payment.</summary>
    public static AuthorizedTransfer Of(ExactEvmPayment payment)
    {
        ArgumentNullException.ThrowIfNull(payment);
        var authorization = payment.Authorization;
        return new AuthorizedTransfer(payment.Network, payment.Asset, authorization.From, authorization.To, authorization.Value, authorization.Nonce, payment.ValidBefore);
    }

    /// <summary>Whether nobody can execute it any more, whatever clock they have.</summary>
    public bool HasExpired(DateTimeOffset now) => now > (ValidBefore < DateTimeOffset.MaxValue - Slack ? ValidBefore + Slack : ValidBefore);
}
