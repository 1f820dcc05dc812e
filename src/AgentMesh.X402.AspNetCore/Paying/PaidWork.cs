using AgentMesh.X402.AspNetCore.Claims;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using AgentMesh.X402.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentMesh.X402.AspNetCore.Paying;

/// <summary>Does the work of a payment that was claimed, has it settled, and keeps what its payer is told. Nothing of it ends with the client.</summary>
internal sealed partial class PaidWork(
    X402Options options, IPaymentClaims claims, FacilitatorClient facilitator, PaymentWatch watch, TimeProvider time, ILogger<PaidWork> logger)
{
    /// <summary>Seconds that an unknown payment's payer is to wait before asking again.</summary>
    public const int UnknownRetrySeconds = 10;

    /// <summary>Works.</summary>
    /// <returns>What the payer is told.</returns>
    public async Task<PaidAnswer> DoAsync(HttpContext context, RequestDelegate handler, PaymentOffer offer, ReceivedPayment payment, PaymentClaim claim)
    {
        var left = TimeLeft(payment);
        using var deadline = new CancellationTokenSource(left < TimeSpan.Zero ? TimeSpan.Zero : left, time);
        var run = await HandlerRun.RunAsync(context, handler, options.MaxAnswerBytes, deadline.Token).ConfigureAwait(false);
        if (deadline.IsCancellationRequested)
        {
            return await FailAsync(claim, PaymentAnswers.Problem(
                context, StatusCodes.Status504GatewayTimeout, SellerCodes.ExecutionTimedOut, "There was no answer while the payment could be settled. Nothing was charged.", claim.PaymentId)).ConfigureAwait(false);
        }

        if (run.IsTooLarge)
        {
            LogTooLarge(claim.PaymentId, options.MaxAnswerBytes);
            return await FailAsync(claim, PaymentAnswers.Problem(
                context, StatusCodes.Status500InternalServerError, SellerCodes.AnswerTooLarge, "The answer is larger than can be sold. Nothing was charged.", claim.PaymentId)).ConfigureAwait(false);
        }

        if (run.Fault is { } fault)
        {
            var status = fault.SourceException is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError;
            await FailAsync(claim, PaymentAnswers.Problem(context, status, SellerCodes.ExecutionFailed, "The work failed. Nothing was charged.", claim.PaymentId)).ConfigureAwait(false);
            // To whatever the app handles its exceptions with.
            fault.Throw();
        }

        var answer = run.Answer!;
        return answer.Status >= StatusCodes.Status400BadRequest
            ? await FailAsync(claim, answer).ConfigureAwait(false)
            : await SettleAsync(context, offer, payment, claim, answer).ConfigureAwait(false);
    }

    /// <summary>For the work, so that it can be settled afterwards.</summary>
    public TimeSpan TimeLeft(ReceivedPayment payment) => payment.Payment.ValidBefore - TimeSpan.FromSeconds(options.SettleReserveSeconds) - time.GetUtcNow();

    private async Task<PaidAnswer> SettleAsync(HttpContext context, PaymentOffer offer, ReceivedPayment payment, PaymentClaim claim, PaidAnswer answer)
    {
        // Before the order: who finds the claim afterwards knows that the money may have moved.
        await StoreAsync(claim with { Status = PaymentClaimStatus.Settling }).ConfigureAwait(false);
        var (network, payer) = (payment.Payment.Network, payment.Payment.Authorization.From);
        var verdict = await facilitator.SettleAsync(payment.ToFacilitatorRequest(), network, payer, CancellationToken.None).ConfigureAwait(false);
        var receipt = new SettleResponse(
            verdict.Outcome == SettleOutcome.Settled, verdict.Transaction ?? "", payment.Requirements.Network, verdict.Outcome == SettleOutcome.Settled ? null : verdict.Code, Payer: payer.ToString());
        switch (verdict.Outcome)
        {
            case SettleOutcome.Settled:
                LogSettled(claim.PaymentId, verdict.Transaction!);
                var sold = PaymentAnswers.WithReceipt(answer, payment.Payload.X402Version, receipt);
                await StoreAsync(claim with { Status = PaymentClaimStatus.Settled, Answer = sold }).ConfigureAwait(false);
                return sold;
            case SettleOutcome.Unknown:
                LogUnknown(claim.PaymentId, verdict.Code);
                await StoreAsync(claim with { Status = PaymentClaimStatus.Unknown, KeepUntil = claim.KeepUntil + PaymentGate.UnknownLifetime }).ConfigureAwait(false);
                return Unknown(context, claim.PaymentId);
            default:
                LogNotSettled(claim.PaymentId, verdict.Code);
                var terms = PaymentAnswers.Terms(offer, ReasonOf(verdict));
                return await FailAsync(claim, PaymentAnswers.WithReceipt(terms, payment.Payload.X402Version, receipt with { ErrorReason = ReasonOf(verdict) })).ConfigureAwait(false);
        }
    }

    /// <summary>That nobody knows what became of a payment. Never the terms: whoever signed again might pay twice.</summary>
    public static PaidAnswer Unknown(HttpContext context, string paymentId) => PaymentAnswers.Problem(
        context, StatusCodes.Status503ServiceUnavailable, SellerCodes.PaymentUnknown,
        "Whether the payment was settled is not known yet. Send the same payment again, and no other.", paymentId, UnknownRetrySeconds);

    // A stranger's text goes into a header.
    private static string ReasonOf(SettleVerdict verdict) =>
        verdict.Code is { Length: > 0 and <= X402Limits.MaxTermLength } code ? code : X402Reasons.UnexpectedSettleError;

    private async Task<PaidAnswer> FailAsync(PaymentClaim claim, PaidAnswer answer)
    {
        await StoreAsync(claim with { Status = PaymentClaimStatus.Failed, Answer = answer }).ConfigureAwait(false);
        return answer;
    }

    private async Task StoreAsync(PaymentClaim claim)
    {
        await claims.StoreAsync(claim, CancellationToken.None).ConfigureAwait(false);
        watch.Changed(claim.PaymentId);
    }

    [LoggerMessage(1, LogLevel.Information, "Payment {PaymentId} is settled by transaction {Transaction}")]
    private partial void LogSettled(string paymentId, string transaction);

    [LoggerMessage(2, LogLevel.Warning, "Whether payment {PaymentId} is settled is not known: {Code}")]
    private partial void LogUnknown(string paymentId, string? code);

    [LoggerMessage(3, LogLevel.Warning, "Payment {PaymentId} was not settled: {Code}")]
    private partial void LogNotSettled(string paymentId, string? code);

    [LoggerMessage(4, LogLevel.Error, "The answer to payment {PaymentId} has more than {MaxAnswerBytes} bytes; it was not charged")]
    private partial void LogTooLarge(string paymentId, int maxAnswerBytes);
}
