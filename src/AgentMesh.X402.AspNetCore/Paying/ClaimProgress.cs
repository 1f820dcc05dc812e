using AgentMesh.X402.AspNetCore.Claims;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using AgentMesh.X402.Wire;
using Microsoft.Extensions.Logging;

namespace AgentMesh.X402.AspNetCore.Paying;

/// <summary>Writes what has become of a payment, and tells those who wait for it.</summary>
internal sealed partial class ClaimProgress(IPaymentClaims claims, PaymentWatch watch, ILogger<ClaimProgress> logger)
{
    /// <summary>For how long a payment whose money may have moved is remembered beyond others: its payer may ask.</summary>
    private static readonly TimeSpan UnknownLifetime = TimeSpan.FromDays(1);

    /// <summary>The order to settle is about to go out: who finds the claim afterwards knows that the money may have moved, and for what.</summary>
    public Task BeginSettlementAsync(PaymentClaim claim, PaidAnswer answer) =>
        StoreAsync(claim with { Status = PaymentClaimStatus.Settling, KeepUntil = claim.KeepUntil + UnknownLifetime, Answer = answer });

    /// <summary>Nothing is charged.</summary>
    /// <returns>What the payer is told.</returns>
    public async Task<PaidAnswer> FailAsync(PaymentClaim claim, PaidAnswer answer)
    {
        await StoreAsync(claim with { Status = PaymentClaimStatus.Failed, Answer = answer, Transaction = null }).ConfigureAwait(false);
        return answer;
    }

    /// <summary>What became of the order to settle, or was found out of it.</summary>
    /// <param name="claim">The payment's.</param>
    /// <param name="offer">What it was for.</param>
    /// <param name="payment">The payment.</param>
    /// <param name="verdict">What became of it.</param>
    /// <param name="answer">What was bought; null: it was forgotten.</param>
    /// <returns>The claim as it is now.</returns>
    public async Task<PaymentClaim> ConcludeAsync(PaymentClaim claim, PaymentOffer offer, ReceivedPayment payment, SettleVerdict verdict, PaidAnswer? answer)
    {
        // Who asked meanwhile may have found out already.
        if (verdict.Outcome != SettleOutcome.Settled
            && await claims.FindAsync(claim.PaymentId, CancellationToken.None).ConfigureAwait(false) is { Status: PaymentClaimStatus.Settled or PaymentClaimStatus.Failed } decided)
        {
            return decided;
        }

        LogOutcome(claim.PaymentId, verdict.Outcome, verdict.Transaction, verdict.Code);
        var concluded = verdict.Outcome switch
        {
            SettleOutcome.Settled => claim with
            {
                Status = PaymentClaimStatus.Settled,
                Answer = answer is null ? null : PaymentAnswers.WithReceipt(answer, payment.Payload.X402Version, Receipt(payment, verdict, null)),
                Transaction = null,
            },
            SettleOutcome.Unknown => claim with
            {
                Status = PaymentClaimStatus.Unknown,
                KeepUntil = claim.KeepUntil + UnknownLifetime,
                Answer = answer,
                Transaction = verdict.Transaction ?? claim.Transaction,
            },
            _ => claim with
            {
                Status = PaymentClaimStatus.Failed,
                Answer = PaymentAnswers.WithReceipt(PaymentAnswers.Terms(offer, ReasonOf(verdict)), payment.Payload.X402Version, Receipt(payment, verdict, ReasonOf(verdict))),
                Transaction = null,
            },
        };
        await StoreAsync(concluded).ConfigureAwait(false);
        return concluded;
    }

    private static SettleResponse Receipt(ReceivedPayment payment, SettleVerdict verdict, string? reason) =>
        new(reason is null, verdict.Transaction ?? "", payment.Requirements.Network, reason, Payer: payment.Payment.Authorization.From.ToString());

    // A stranger's text goes into a header.
    private static string ReasonOf(SettleVerdict verdict) =>
        verdict.Code is { Length: > 0 and <= X402Limits.MaxTermLength } code ? code : X402Reasons.UnexpectedSettleError;

    private async Task StoreAsync(PaymentClaim claim)
    {
        await claims.StoreAsync(claim, CancellationToken.None).ConfigureAwait(false);
        watch.Changed(claim.PaymentId);
    }

    [LoggerMessage(20, LogLevel.Information, "Payment {PaymentId}: {Outcome}, transaction {Transaction}, {Code}")]
    private partial void LogOutcome(string paymentId, SettleOutcome outcome, string? transaction, string? code);
}
