using System.Diagnostics;
using System.Text.Json;
using AgentMesh.X402.AspNetCore.Claims;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using AgentMesh.X402.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;

namespace AgentMesh.X402.AspNetCore.Paying;

/// <summary>Makes answers, and gives them.</summary>
internal static class PaymentAnswers
{
    private const string NoStore = "no-store";
    private const int UnknownRetrySeconds = 10;
    private const int PendingRetrySeconds = 2;

    /// <summary>What the payer of a claimed payment is told. Never new terms while the money may have moved: whoever signed again might pay twice.</summary>
    public static PaidAnswer Of(HttpContext context, PaymentClaim claim) => claim switch
    {
        { Status: PaymentClaimStatus.Settling or PaymentClaimStatus.Unknown } => Problem(
            context, StatusCodes.Status503ServiceUnavailable, SellerCodes.PaymentUnknown,
            "Whether the payment was settled is not known yet. Send the same payment again, and no other.", claim.PaymentId, UnknownRetrySeconds),
        { Status: PaymentClaimStatus.Working } => Problem(
            context, StatusCodes.Status503ServiceUnavailable, SellerCodes.PaymentPending, "The payment is under way. Send the same payment again, and no other.",
            claim.PaymentId, PendingRetrySeconds),
        { Answer: { } answer } => answer,
        _ => Problem(
            context, StatusCodes.Status410Gone, SellerCodes.AnswerForgotten, "The payment was answered, and its answer is not kept any more.", claim.PaymentId),
    };

    /// <summary>A problem document (RFC 9457).</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="code">A code of <see cref="SellerCodes"/>.</param>
    /// <param name="detail">One sentence that is safe to show.</param>
    /// <param name="paymentId">Which payment; null: none that was taken.</param>
    /// <param name="retryAfterSeconds">When to send the same again; null: not at all.</param>
    public static PaidAnswer Problem(HttpContext context, int status, string code, string detail, string? paymentId, int? retryAfterSeconds = null)
    {
        var problem = new PaymentProblem($"urn:agentmesh:problem:{code}", status, detail, Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier, paymentId);
        var headers = new Dictionary<string, string[]> { ["Content-Type"] = ["application/problem+json"], ["Cache-Control"] = [NoStore] };
        if (retryAfterSeconds is { } seconds)
            headers["Retry-After"] = [$"{seconds}"];
        return new PaidAnswer(status, headers, JsonSerializer.SerializeToUtf8Bytes(problem, AspNetCoreJson.Default.PaymentProblem));
    }

    /// <summary>A 402 with the terms of both versions.</summary>
    public static PaidAnswer Terms(PaymentOffer offer, string error)
    {
        var answer = offer.ToAnswer(error);
        var headers = new Dictionary<string, string[]> { ["Content-Type"] = ["application/json"], ["Cache-Control"] = [NoStore] };
        if (answer.Header is { } header)
            headers[PaymentHeaderNames.PaymentRequired] = [header];
        return new PaidAnswer(StatusCodes.Status402PaymentRequired, headers, answer.Body);
    }

    /// <summary>An answer with the receipt of its payment, which no cache is to keep.</summary>
    public static PaidAnswer WithReceipt(PaidAnswer answer, int x402Version, SettleResponse receipt) => answer with
    {
        Headers = new Dictionary<string, string[]>(answer.Headers, StringComparer.OrdinalIgnoreCase)
        {
            [PaymentHeaders.ResponseNameOf(x402Version)] = [PaymentHeaders.Write(receipt)],
            ["Cache-Control"] = [NoStore],
        },
    };

    /// <summary>Gives an answer; the response has not begun.</summary>
    public static async Task WriteAsync(this PaidAnswer answer, HttpContext context)
    {
        // Stands before the endpoint, and would give what was paid for to the next one for nothing.
        if (context.Features.Get<IOutputCacheFeature>() is { } cache)
            cache.Context.AllowCacheStorage = false;
        await answer.WriteAsync(context.Response, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Gives an answer; the response has not begun.</summary>
    public static async Task WriteAsync(this PaidAnswer answer, HttpResponse response, CancellationToken cancellationToken)
    {
        response.StatusCode = answer.Status;
        foreach (var (name, values) in answer.Headers)
            response.Headers[name] = values;
        if (answer.Body.IsEmpty)
            return;
        response.ContentLength = answer.Body.Length;
        await response.Body.WriteAsync(answer.Body, cancellationToken).ConfigureAwait(false);
    }
}
