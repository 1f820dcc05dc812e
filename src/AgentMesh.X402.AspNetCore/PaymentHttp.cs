using AgentMesh.X402.AspNetCore.Paying;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using Microsoft.AspNetCore.Http;

namespace AgentMesh.X402.AspNetCore;

/// <summary>Payments of requests, and terms and receipts of answers.</summary>
public static class PaymentHttp
{
    /// <summary>What a page of another origin has to see of answers, and may send: the headers of both versions.</summary>
    public static IReadOnlyList<string> AnswerHeaders { get; } =
        [PaymentHeaderNames.PaymentRequired, PaymentHeaderNames.PaymentResponse, PaymentHeaderNames.XPaymentResponse];

    /// <summary>What a page of another origin has to be allowed to send.</summary>
    public static IReadOnlyList<string> RequestHeaders { get; } = [PaymentHeaderNames.PaymentSignature, PaymentHeaderNames.XPayment];

    /// <summary>The text of a payment's header; null when it is not there. A header that came twice is one text that no payment has.</summary>
    public static string? Read(HttpRequest request, string name)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Headers.TryGetValue(name, out var values) && values.Count > 0 ? string.Join(',', values.AsEnumerable()) : null;
    }

    /// <summary>Answers 402 with the terms of both versions.</summary>
    /// <param name="response">The response, not begun yet.</param>
    /// <param name="offer">The terms.</param>
    /// <param name="error">Why nothing is served: a code.</param>
    /// <param name="cancellationToken">Ends with the client.</param>
    public static async Task WriteTermsAsync(HttpResponse response, PaymentOffer offer, string error, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(offer);
        await PaymentAnswers.Terms(offer, error).WriteAsync(response, cancellationToken).ConfigureAwait(false);
    }
}
