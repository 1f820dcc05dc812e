using AgentMesh.Evm;
using AgentMesh.Facilitator.Hosting;
using AgentMesh.Facilitator.Ledger;
using AgentMesh.Primitives;
using AgentMesh.X402.Exact.Evm.Facilitator;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;

namespace AgentMesh.Facilitator.Settlement;

/// <summary>Verifies and settles.</summary>
internal sealed class PaymentJudge(TokenLedger ledger, FacilitatorOptions options, TimeProvider time)
{
    private readonly EvmNetwork[] _networks = options.ParsedNetworks;

    /// <summary>Whether a payment is good now.</summary>
    public async Task<VerifyResponse> VerifyAsync(PaymentPayload payload, PaymentRequirements requirements, CancellationToken cancellationToken) =>
        (await JudgeAsync(payload, requirements, cancellationToken)).Response;

    /// <summary>Verifies a payment and moves its money, once. A repeat gets the same answer for as long as the ledger is there.</summary>
    public async Task<SettleResponse> SettleAsync(PaymentPayload payload, PaymentRequirements requirements, CancellationToken cancellationToken)
    {
        var found = await JudgeAsync(payload, requirements, cancellationToken);
        if (!found.Response.IsValid)
        {
            return await FindSettledAsync(payload, requirements, found, cancellationToken) is { } settled
                ? Success(payload, settled, found.Response.Payer)
                : Failure(payload.PaidNetwork, new Refusal(found.Response.InvalidReason!, found.Response.InvalidMessage!), found.Response.Payer);
        }

        // Whoever asked may be gone: from here on it is done all the same.
        var moved = await ledger.SettleAsync(found.Payment!, found.Digest!.Value, CancellationToken.None);
        return moved.IsRefused ? Failure(payload.PaidNetwork, moved.Refusal, found.Response.Payer) : Success(payload, moved.Value, found.Response.Payer);
    }

    /// <summary>The answer to what is not settled. A network is expected in it even when there was none to read.</summary>
    public SettleResponse Failure(string? network, Refusal refusal, string? payer) =>
        new(false, "", network ?? _networks[0].ToString(), refusal.Code, refusal.Detail, payer);

    private static SettleResponse Success(PaymentPayload payload, string transaction, string? payer) => new(true, transaction, payload.PaidNetwork, Payer: payer);

    private async Task<ExactEvmVerification> JudgeAsync(PaymentPayload payload, PaymentRequirements requirements, CancellationToken cancellationToken)
    {
        // Unknown networks are refused by the verification, for the first chain is not theirs.
        var network = EvmNetwork.TryParse(requirements.Network, requirements.X402Version, out var asked) && _networks.Contains(asked) ? asked : _networks[0];
        return await ExactEvmVerifier.VerifyAsync(payload, requirements, time.GetUtcNow(), new SimulatedChain(network, ledger), cancellationToken);
    }

    /// <summary>The transaction of a payment that is refused only because it was settled before; null when it was not, or is refused for more.</summary>
    private async Task<string?> FindSettledAsync(
        PaymentPayload payload, PaymentRequirements requirements, ExactEvmVerification found, CancellationToken cancellationToken)
    {
        if (found.Response.InvalidReason is not (X402Reasons.NonceAlreadyUsed or X402Reasons.AuthorizationValidBefore)
            || found is not { Payment: { } payment, Digest: { } digest } || !_networks.Contains(payment.Network))
        {
            return null;
        }

        var (used, _) = await ledger.GetPayerAsync(payment.Network, payment.Asset, payment.Authorization.From, payment.Authorization.Nonce, cancellationToken);
        if (used is null || used.Digest != digest.ToString()
            || await ledger.FindTransactionAsync(payment.Network, Bytes32.Parse(used.Transaction), cancellationToken) is not { } transaction)
        {
            return null;
        }

        // As it was then, but with the signature and the requirements that came now.
        return ExactEvmVerifier.Verify(payload, requirements, transaction.At).Response.IsValid ? used.Transaction : null;
    }
}
