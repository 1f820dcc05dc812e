using AgentMesh.Evm.Rpc;
using AgentMesh.X402.AspNetCore.Claims;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using Microsoft.Extensions.Logging;

namespace AgentMesh.X402.AspNetCore.Paying;

/// <summary>Finds out on the chain what became of a payment, when its payer asks.</summary>
internal sealed partial class UnknownPayments(X402Options options, ChainLook chain, ClaimProgress progress, ILogger<UnknownPayments> logger)
{
    /// <summary>
    /// Looks once for a payment whose money may have moved, where there is a node to ask: an unknown one, or one that is being settled, by a process that
    /// may have died over it.
    /// </summary>
    /// <returns>The claim as it is now.</returns>
    public async Task<PaymentClaim> LookAsync(PaymentClaim claim, PaymentOffer offer, ReceivedPayment payment, CancellationToken cancellationToken)
    {
        if (claim.Status is not (PaymentClaimStatus.Unknown or PaymentClaimStatus.Settling) || options.RpcUrl is null)
            return claim;
        try
        {
            var verdict = await chain.LookAsync(AuthorizedTransfer.Of(payment.Payment), claim.Transaction, cancellationToken).ConfigureAwait(false);
            return verdict.Outcome == SettleOutcome.Unknown
                ? claim
                : await progress.ConcludeAsync(claim, offer, payment, verdict, claim.Answer).ConfigureAwait(false);
        }
        catch (EvmRpcException fault)
        {
            LogNoNode(claim.PaymentId, fault.Failure);
            return claim;
        }
    }

    [LoggerMessage(30, LogLevel.Warning, "Payment {PaymentId} could not be looked for: the node failed ({Failure})")]
    private partial void LogNoNode(string paymentId, EvmRpcFailure failure);
}
