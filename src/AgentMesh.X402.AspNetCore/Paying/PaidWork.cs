using AgentMesh.X402.AspNetCore.Claims;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentMesh.X402.AspNetCore.Paying;

/// <summary>Does the work of a payment that was claimed, and has it settled. Nothing of it ends with the client.</summary>
internal sealed partial class PaidWork(X402Options options, FacilitatorClient facilitator, ClaimProgress progress, TimeProvider time, ILogger<PaidWork> logger)
{
    /// <summary>For the work, so that it can be settled afterwards.</summary>
    public TimeSpan TimeLeft(ReceivedPayment payment) => payment.Payment.ValidBefore - TimeSpan.FromSeconds(options.SettleReserveSeconds) - time.GetUtcNow();

    /// <summary>Works.</summary>
    /// <returns>What the payer is told.</returns>
    public async Task<PaidAnswer> DoAsync(HttpContext context, RequestDelegate handler, PaymentOffer offer, ReceivedPayment payment, PaymentClaim claim)
    {
        var left = TimeLeft(payment);
        using var deadline = new CancellationTokenSource(left < TimeSpan.Zero ? TimeSpan.Zero : left, time);
        var run = await HandlerRun.RunAsync(context, handler, options.MaxAnswerBytes, deadline.Token).ConfigureAwait(false);
        if (deadline.IsCancellationRequested)
        {
            return await FailAsync(
                context, claim, StatusCodes.Status504GatewayTimeout, SellerCodes.ExecutionTimedOut, "There was no answer while the payment could be settled.").ConfigureAwait(false);
        }

        if (run.IsTooLarge)
        {
            LogTooLarge(claim.PaymentId, options.MaxAnswerBytes);
            return await FailAsync(
                context, claim, StatusCodes.Status500InternalServerError, SellerCodes.AnswerTooLarge, "The answer is larger than can be sold.").ConfigureAwait(false);
        }

        if (run.Fault is { } fault)
        {
            var status = fault.SourceException is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError;
            await FailAsync(context, claim, status, SellerCodes.ExecutionFailed, "The work failed.").ConfigureAwait(false);
            // To whatever the app handles its exceptions with.
            fault.Throw();
        }

        var answer = run.Answer!;
        if (answer.Status >= StatusCodes.Status400BadRequest)
            return await progress.FailAsync(claim, answer).ConfigureAwait(false);
        await progress.BeginSettlementAsync(claim, answer).ConfigureAwait(false);
        var verdict = await SettleAsync(payment).ConfigureAwait(false);
        var concluded = await progress.ConcludeAsync(claim, offer, payment, verdict, answer).ConfigureAwait(false);
        return PaymentAnswers.Of(context, concluded);
    }

    private async Task<SettleVerdict> SettleAsync(ReceivedPayment payment)
    {
        var paid = payment.Payment;
        try
        {
            return await facilitator.SettleAsync(payment.ToFacilitatorRequest(), paid.Network, paid.Authorization.From, CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The app's own handler may throw anything on the way to the facilitator, and the order may have gone out.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogOrderFailed(fault, paid.Id.ToString());
            return new SettleVerdict(SettleOutcome.Unknown, null, SellerCodes.PaymentUnknown);
        }
    }

    private Task<PaidAnswer> FailAsync(HttpContext context, PaymentClaim claim, int status, string code, string detail) =>
        progress.FailAsync(claim, PaymentAnswers.Problem(context, status, code, $"{detail} Nothing was charged.", claim.PaymentId));

    [LoggerMessage(1, LogLevel.Error, "The answer to payment {PaymentId} has more than {MaxAnswerBytes} bytes; it was not charged")]
    private partial void LogTooLarge(string paymentId, int maxAnswerBytes);

    [LoggerMessage(2, LogLevel.Error, "The order to settle payment {PaymentId} failed")]
    private partial void LogOrderFailed(Exception exception, string paymentId);
}
