using System.Net;
using AgentMesh.Primitives;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Exact.Evm.Client;

/// <summary>
/// Pays a 402 once: asks the wallet, and sends the same request again with the payment. Whatever comes then is the answer, another 402
/// too. A payment is never signed twice for one request, and goes only to the origin that asked, over https or to this machine. The
/// payment is on the request only while it is sent; nothing is logged here, and whoever logs headers has to redact
/// <see cref="PaymentHeaderNames.PaymentSignature"/> and <see cref="PaymentHeaderNames.XPayment"/>.
/// </summary>
/// <param name="wallet">Decides and signs.</param>
/// <param name="options">How much is kept and repeated.</param>
public sealed class PaymentHandler(IPaymentWallet wallet, PaymentHandlerOptions options) : DelegatingHandler
{
    private static readonly HttpRequestOptionsKey<PaymentOutcome> OutcomeKey = new("AgentMesh.X402.Outcome");

    private bool _handlersLookedAt;

    /// <summary>
    /// A payment that was made for this request before: it is sent at once, and nothing else is signed. Whoever repeats a request, a retry
    /// handler above this one too, puts <see cref="PaymentOutcome.Payment"/> of the first into the options of the next.
    /// </summary>
    public static HttpRequestOptionsKey<SignedPayment> PaymentKey { get; } = new("AgentMesh.X402.Payment");

    /// <summary>The handler to send with: it follows no redirects, which would carry the payment to another origin.</summary>
    public static SocketsHttpHandler CreatePrimaryHandler() => new() { AllowAutoRedirect = false };

    /// <summary>What a request cost; null when it was not asked to pay. To be asked too when the request threw.</summary>
    public static PaymentOutcome? GetOutcome(HttpRequestMessage request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Options.TryGetValue(OutcomeKey, out var outcome) ? outcome : null;
    }

    /// <summary>What the request of an answer cost; null when it was not asked to pay.</summary>
    public static PaymentOutcome? GetOutcome(HttpResponseMessage response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return response.RequestMessage is null ? null : GetOutcome(response.RequestMessage);
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Payments are made by SendAsync.");

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        LookAtHandlers();
        // Somebody has paid already.
        if (request.Headers.Contains(PaymentHeaderNames.PaymentSignature) || request.Headers.Contains(PaymentHeaderNames.XPayment))
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (request.Content is not null)
            await request.Content.LoadIntoBufferAsync(options.MaxRequestBodyBytes, cancellationToken).ConfigureAwait(false);
        if (request.Options.TryGetValue(PaymentKey, out var earlier))
        {
            if (!IsSafe(request.RequestUri!))
                throw new InvalidOperationException("Payments are sent over https only, but to this machine.");
            return await SendPaidAsync(request, earlier, cancellationToken).ConfigureAwait(false);
        }

        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.PaymentRequired)
            return response;
        var payment = await PayAsync(request, response, cancellationToken).ConfigureAwait(false);
        if (payment.IsRefused)
        {
            request.Options.Set(OutcomeKey, new PaymentOutcome(null, null, payment.Refusal));
            return response;
        }

        response.Dispose();
        request.Options.Set(PaymentKey, payment.Value);
        return await SendPaidAsync(request, payment.Value, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<Result<SignedPayment>> PayAsync(HttpRequestMessage request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var header = ReadHeader(response, PaymentHeaderNames.PaymentRequired);
        byte[] body = [];
        if (header is null)
        {
            await response.Content.LoadIntoBufferAsync(X402Limits.MaxBodyBytes, cancellationToken).ConfigureAwait(false);
            body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        }

        var required = PaymentRequiredAnswer.Read(header, body);
        if (required.IsRefused)
            return required.Refusal;
        var uri = request.RequestUri!;
        return IsSafe(uri)
            ? await wallet.PayAsync(required.Value, uri, cancellationToken).ConfigureAwait(false)
            : ClientRefusals.Of(ClientRefusals.InsecureUrl, "Payments are sent over https only, but to this machine.");
    }

    private async Task<HttpResponseMessage> SendPaidAsync(HttpRequestMessage request, SignedPayment payment, CancellationToken cancellationToken)
    {
        // Before it is sent: whatever happens then, it may have been taken.
        request.Options.Set(OutcomeKey, new PaymentOutcome(payment, null, null));
        request.Headers.TryAddWithoutValidation(payment.HeaderName, payment.HeaderValue);
        try
        {
            var response = await SendUntilAnsweredAsync(request, cancellationToken).ConfigureAwait(false);
            var receipt = ReadHeader(response, PaymentHeaderNames.PaymentResponse) ?? ReadHeader(response, PaymentHeaderNames.XPaymentResponse);
            request.Options.Set(OutcomeKey, new PaymentOutcome(payment, PaymentHeaders.ReadResponse(receipt).Value, null));
            return response;
        }
        finally
        {
            request.Headers.Remove(payment.HeaderName);
        }
    }

    private async Task<HttpResponseMessage> SendUntilAnsweredAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var resends = 0; ; resends++)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            }
            catch (HttpRequestException e) when (resends < options.MaxResends && IsBrokenConnection(e))
            {
                // The payment is the idempotency key: a seller that has taken it answers it again, and its token executes it once.
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    private static bool IsSafe(Uri uri) => uri.Scheme == Uri.UriSchemeHttps || uri.IsLoopback;

    private static bool IsBrokenConnection(HttpRequestException exception) =>
        exception.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.ResponseEnded or HttpRequestError.HttpProtocolError or HttpRequestError.Unknown;

    private static string? ReadHeader(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;

    /// <summary>Redirects are followed below this handler, with the header of the payment on them.</summary>
    private void LookAtHandlers()
    {
        if (_handlersLookedAt)
            return;
        for (var handler = InnerHandler; handler is not null; handler = (handler as DelegatingHandler)?.InnerHandler)
        {
            if (handler is SocketsHttpHandler { AllowAutoRedirect: true } or HttpClientHandler { AllowAutoRedirect: true })
                throw new InvalidOperationException($"The primary handler has to have {nameof(SocketsHttpHandler.AllowAutoRedirect)} off: a redirect would carry the payment along.");
        }

        _handlersLookedAt = true;
    }
}
