using AgentMesh.Primitives;
using AgentMesh.X402.AspNetCore.Claims;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using AgentMesh.X402.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentMesh.X402.AspNetCore.Paying;

/// <summary>
/// Before a paid endpoint. No payment: the terms. A payment that is known: what became of it. Another: it is judged here, then by the facilitator, then
/// claimed, and only then worked for.
/// </summary>
internal sealed partial class PaymentGate(
    X402Options options, IPaymentClaims claims, FacilitatorClient facilitator, PaidWork work, UnknownPayments unknown, PaymentWatch watch, TimeProvider time,
    ILogger<PaymentGate> logger)
{
    /// <summary>After <c>validBefore</c>, for clocks that differ.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(60);

    /// <summary>Between two looks at a payment that another process may work on.</summary>
    private static readonly TimeSpan LookPause = TimeSpan.FromSeconds(1);

    private const int UnavailableRetrySeconds = 5;

    /// <summary>Makes the offer of a price that does not depend, so that a wrong one is told before the first request.</summary>
    /// <exception cref="FormatException">It has more digits than a token.</exception>
    public void CheckPrice(EndpointPrice price)
    {
        if (price.Fixed is { } usd)
            CreateOffer(new ResourceInfo(options.PublicUrl), usd);
    }

    /// <summary>Answers a request.</summary>
    public async Task InvokeAsync(HttpContext context, EndpointPrice price, RequestDelegate handler)
    {
        if (await PaidRequest.ReadAsync(context, options).ConfigureAwait(false) is not { } request)
        {
            await PaymentAnswers.Problem(
                context, StatusCodes.Status413PayloadTooLarge, "body_too_large", $"The body has more than {options.MaxRequestBytes} bytes, or the URL more than {X402Limits.MaxTextLength} characters.", null)
                .WriteAsync(context).ConfigureAwait(false);
            return;
        }

        var offer = CreateOffer(request.Resource, await price.UsdAsync(context).ConfigureAwait(false));
        request.Rewind(context);
        var (signature, xPayment) = (PaymentHttp.Read(context.Request, PaymentHeaderNames.PaymentSignature), PaymentHttp.Read(context.Request, PaymentHeaderNames.XPayment));
        var read = PaymentReader.Read(offer, signature, xPayment, TimeSpan.FromSeconds(options.MaxValiditySeconds), time.GetUtcNow());
        var answer = read.IsRefused
            ? PaymentAnswers.Terms(offer, read.Refusal.Code)
            : await AnswerAsync(context, handler, offer, read.Value, request.UseOf(read.Value.Payment)).ConfigureAwait(false);
        await answer.WriteAsync(context).ConfigureAwait(false);
    }

    private async Task<PaidAnswer> AnswerAsync(HttpContext context, RequestDelegate handler, PaymentOffer offer, ReceivedPayment payment, PaymentUse use)
    {
        var id = payment.Payment.Id.ToString();
        // One that was taken once is not judged anew: it may have expired since, and its payer wants the answer.
        if (await claims.FindAsync(id, context.RequestAborted).ConfigureAwait(false) is { } known)
            return await RepeatAsync(context, offer, payment, known, use).ConfigureAwait(false);
        var refusal = payment.Refusal ?? CheckTime(payment) ?? await VerifyAsync(payment, context.RequestAborted).ConfigureAwait(false);
        if (refusal is not null)
        {
            // It may be bad now because another request with it was settled meanwhile.
            return await claims.FindAsync(id, context.RequestAborted).ConfigureAwait(false) is { } taken
                ? await RepeatAsync(context, offer, payment, taken, use).ConfigureAwait(false)
                : Refuse(context, offer, refusal, id);
        }

        var claim = new PaymentClaim(id, use, PaymentClaimStatus.Working, KeepUntil(payment));
        // From here on nothing ends with the client.
        var taking = await claims.TakeAsync(claim, CancellationToken.None).ConfigureAwait(false);
        return taking switch
        {
            { Outcome: ClaimOutcome.Taken } => await work.DoAsync(context, handler, offer, payment, claim).ConfigureAwait(false),
            { Known: { } first } => await RepeatAsync(context, offer, payment, first, use).ConfigureAwait(false),
            _ => Refuse(context, offer, new Refusal(SellerCodes.TooManyPayments, "Too many payments are under way. Nothing was done."), id),
        };
    }

    private Refusal? CheckTime(ReceivedPayment payment) => work.TimeLeft(payment) > TimeSpan.Zero
        ? null
        : new Refusal(X402Reasons.AuthorizationValidBefore, "authorization.validBefore leaves no time for the work.");

    private async Task<Refusal?> VerifyAsync(ReceivedPayment payment, CancellationToken cancellationToken)
    {
        try
        {
            var found = await facilitator.VerifyAsync(payment.ToFacilitatorRequest(), cancellationToken).ConfigureAwait(false);
            if (found.IsValid)
            {
                return FacilitatorClient.IsPayer(found.Payer, payment.Payment.Authorization.From)
                    ? null
                    : new Refusal(SellerCodes.FacilitatorUnavailable, "The facilitator speaks of another payer.");
            }

            // A stranger's text goes into a header.
            return new Refusal(found.InvalidReason is { Length: > 0 and <= X402Limits.MaxTermLength } reason ? reason : X402Reasons.UnexpectedVerifyError, "The facilitator does not take the payment.");
        }
        catch (FacilitatorFailedException fault)
        {
            LogNotVerified(fault, payment.Payment.Id.ToString());
            return new Refusal(SellerCodes.FacilitatorUnavailable, "The facilitator could not be asked about the payment. Nothing was done.");
        }
    }

    /// <summary>A payment that is claimed is never worked for again: its repeat waits for what becomes of it.</summary>
    private async Task<PaidAnswer> RepeatAsync(HttpContext context, PaymentOffer offer, ReceivedPayment payment, PaymentClaim known, PaymentUse use)
    {
        if (known.Use != use)
        {
            return PaymentAnswers.Problem(
                context, StatusCodes.Status409Conflict, SellerCodes.PaymentReused, "This payment was used for another request, or with other bytes. Nothing was charged for this one.", known.PaymentId);
        }

        using var watcher = watch.Begin(known.PaymentId);
        var until = time.GetUtcNow() + TimeSpan.FromSeconds(options.WaitSeconds);
        var next = watcher.Next;
        var claim = await claims.FindAsync(known.PaymentId, context.RequestAborted).ConfigureAwait(false) ?? known;
        // Ends when the time to wait is over.
        while (claim.Status is PaymentClaimStatus.Working or PaymentClaimStatus.Settling && until - time.GetUtcNow() is { Ticks: > 0 } left)
        {
            await PaymentWatch.WaitAsync(next, left < LookPause ? left : LookPause, time, context.RequestAborted).ConfigureAwait(false);
            next = watcher.Next;
            claim = await claims.FindAsync(known.PaymentId, context.RequestAborted).ConfigureAwait(false) ?? claim;
        }

        return PaymentAnswers.Of(context, await unknown.LookAsync(claim, offer, payment, context.RequestAborted).ConfigureAwait(false));
    }

    private static PaidAnswer Refuse(HttpContext context, PaymentOffer offer, Refusal refusal, string paymentId) =>
        refusal.Code is SellerCodes.FacilitatorUnavailable or SellerCodes.TooManyPayments
            ? PaymentAnswers.Problem(context, StatusCodes.Status503ServiceUnavailable, refusal.Code, refusal.Detail, paymentId, UnavailableRetrySeconds)
            : PaymentAnswers.Terms(offer, refusal.Code);

    private PaymentOffer CreateOffer(ResourceInfo resource, string usd) =>
        new(resource, [.. options.Tokens.Select(token => PaymentOption.FromUsd(token, usd, options.Payee, options.MaxTimeoutSeconds))]);

    private DateTimeOffset KeepUntil(ReceivedPayment payment)
    {
        var executable = payment.Payment.ValidBefore + Slack;
        var wanted = time.GetUtcNow() + TimeSpan.FromSeconds(options.AnswerLifetimeSeconds);
        return executable > wanted ? executable : wanted;
    }

    [LoggerMessage(10, LogLevel.Warning, "Payment {PaymentId} could not be verified")]
    private partial void LogNotVerified(Exception exception, string paymentId);
}
