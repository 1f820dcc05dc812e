using System.Net.Http.Headers;
using System.Text;
using AgentMesh.Contracts.Payments;
using AgentMesh.Evm;
using AgentMesh.ServiceDefaults.Dapr;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;
using Polly;
using Polly.Retry;

namespace AgentMesh.Payments.Facilitation;

/// <summary>
/// The facilitator (x402 specification 7): the app of that name through the sidecar, or a URL of its own without anything of Dapr. A question may be
/// asked again; an order is given once, whatever happens to it.
/// </summary>
internal sealed class FacilitatorClient : IDisposable
{
    private const int VerifyRetries = 2;

    /// <summary>
    /// Failures that are no answer to whether the money has moved: it is on its way, somebody has executed or canceled the authorization, or the
    /// facilitator does not know itself.
    /// </summary>
    private static readonly string[] OpenReasons =
        [X402Reasons.SettlementPending, X402Reasons.NonceAlreadyUsed, X402Reasons.InvalidTransactionState, X402Reasons.UnexpectedSettleError, "duplicate_settlement"];

    private static readonly MediaTypeHeaderValue MediaType = new("application/json");

    private readonly HttpClient _http;
    private readonly bool _isThroughSidecar;
    private readonly TimeSpan _settleTimeout;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline _verifying;

    public FacilitatorClient(SidecarOptions sidecar, PaymentOptions options, TimeProvider time)
    {
        _isThroughSidecar = options.FacilitatorUrl is null;
        // Each call has its own clock.
        var noTimeout = System.Threading.Timeout.InfiniteTimeSpan;
        if (options.FacilitatorUrl is { } url)
        {
            _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false }) { Timeout = noTimeout };
            _http.BaseAddress = new Uri(url.AbsoluteUri.TrimEnd('/') + '/');
        }
        else
        {
            _http = sidecar.CreateClient(noTimeout);
            _http.BaseAddress = new Uri(_http.BaseAddress!, $"v1.0/invoke/{options.FacilitatorApp}/method/");
        }

        _http.MaxResponseContentBufferSize = X402Limits.MaxBodyBytes;
        _settleTimeout = TimeSpan.FromSeconds(options.SettleTimeoutSeconds);
        _time = time;
        _verifying = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<FacilitatorFailedException>(),
                MaxRetryAttempts = VerifyRetries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(200),
            })
            .AddTimeout(TimeSpan.FromSeconds(options.VerifyTimeoutSeconds))
            .Build();
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Asks whether the payment is good.</summary>
    /// <exception cref="FacilitatorFailedException">Nobody said so, three times.</exception>
    public async Task<VerifyResponse> VerifyAsync(string request, CancellationToken cancellationToken)
    {
        try
        {
            return await _verifying.ExecuteAsync(async token => await VerifyOnceAsync(request, token), cancellationToken);
        }
        catch (Polly.Timeout.TimeoutRejectedException late)
        {
            throw new FacilitatorFailedException("The facilitator did not answer in time.", late);
        }
    }

    /// <summary>Gives the order to settle, once.</summary>
    public async Task<SettleVerdict> SettleAsync(string request, PaymentTerms terms, CancellationToken cancellationToken)
    {
        using var clock = new CancellationTokenSource(_settleTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        try
        {
            using var message = CreateMessage("settle", request);
            // A body without a length is what daprd's own retries of an invocation leave alone: it would send the order up to three times.
            message.Headers.TransferEncodingChunked = _isThroughSidecar;
            using var answer = await _http.SendAsync(message, either.Token);
            var response = FacilitatorJson.ReadSettleResponse(await answer.Content.ReadAsByteArrayAsync(either.Token));
            return response.IsRefused
                ? Unknown($"The facilitator answered {(int)answer.StatusCode} without saying what became of the payment.")
                : Judge(response.Value, answer.IsSuccessStatusCode, terms);
        }
        catch (HttpRequestException fault) when (fault.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            return new SettleVerdict(SettleOutcome.NotSent, null, PaymentRefusals.PaymentNotSettled, "The facilitator was not reached.");
        }
        catch (HttpRequestException)
        {
            return Unknown("The connection to the facilitator broke.");
        }
        catch (OperationCanceledException) when (clock.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Unknown("The facilitator did not answer in time.");
        }
    }

    /// <summary>Whether an answer is about the payer of the payment, as far as it says.</summary>
    public static bool IsPayer(string? payer, PaymentTerms terms) =>
        payer is null || EvmAddress.TryParse(payer, out var said) && said == EvmAddress.Parse(terms.Payer);

    private static SettleVerdict Judge(SettleResponse response, bool isSuccessStatus, PaymentTerms terms)
    {
        var transaction = Bytes32.TryParse(response.Transaction, out var hash) ? hash.ToString() : null;
        if (response.Success)
        {
            // A word that contradicts itself is no proof that the money has moved, nor that it has not.
            return isSuccessStatus && transaction is not null && IsNetwork(response.Network, terms) && IsPayer(response.Payer, terms)
                ? new SettleVerdict(SettleOutcome.Settled, transaction)
                : Unknown("The facilitator says that another payment was settled.", transaction);
        }

        var reason = response.ErrorReason ?? X402Reasons.UnexpectedSettleError;
        // What was sent to the chain may still arrive there.
        return transaction is not null || OpenReasons.Contains(reason, StringComparer.Ordinal) || reason.EndsWith("nonce_already_used", StringComparison.Ordinal)
            ? new SettleVerdict(SettleOutcome.Unknown, transaction, reason, "The facilitator cannot say that the payment was not executed.")
            : new SettleVerdict(SettleOutcome.Failed, null, reason, "The facilitator has not settled the payment.");
    }

    // Facilitators do not all write the network as the version of the payment does.
    private static bool IsNetwork(string text, PaymentTerms terms) =>
        (EvmNetwork.TryParse(text, X402Version.V1, out var network) || EvmNetwork.TryParse(text, out network)) && network.ToString() == terms.Network;

    private static SettleVerdict Unknown(string detail, string? transaction = null) =>
        new(SettleOutcome.Unknown, transaction, PaymentRefusals.PaymentUnknown, detail);

    private static HttpRequestMessage CreateMessage(string path, string request)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(request));
        content.Headers.ContentType = MediaType;
        return new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = content };
    }

    private async Task<VerifyResponse> VerifyOnceAsync(string request, CancellationToken cancellationToken)
    {
        try
        {
            using var message = CreateMessage("verify", request);
            using var answer = await _http.SendAsync(message, cancellationToken);
            var response = FacilitatorJson.ReadVerifyResponse(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
            // A no may come with any status; a yes is one only with 200.
            if (response.IsRefused || response.Value.IsValid && !answer.IsSuccessStatusCode)
                throw new FacilitatorFailedException($"The facilitator answered {(int)answer.StatusCode} without saying whether the payment is good.");
            return response.Value;
        }
        catch (HttpRequestException fault)
        {
            throw new FacilitatorFailedException("The facilitator was not reached.", fault);
        }
    }
}
