using System.Net.Http.Headers;
using AgentMesh.Evm;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;
using Polly;
using Polly.Retry;

namespace AgentMesh.X402.Exact.Evm.ResourceServer;

/// <summary>A facilitator (specification 7). A question may be asked again; an order is given once, whatever happens to it.</summary>
public sealed class FacilitatorClient : IDisposable
{
    private const int VerifyRetries = 2;
    private const int SettleRetries = 3;

    private static readonly TimeSpan SettleRetryPause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Failures that are no answer to whether the money has moved: it is on its way, somebody has executed or canceled the authorization, or the
    /// facilitator does not know itself.
    /// </summary>
    private static readonly string[] OpenReasons =
        [X402Reasons.SettlementPending, X402Reasons.NonceAlreadyUsed, X402Reasons.InvalidTransactionState, X402Reasons.UnexpectedSettleError, "duplicate_settlement"];

    private static readonly MediaTypeHeaderValue MediaType = new("application/json");

    private readonly HttpClient _http;
    private readonly FacilitatorClientOptions _options;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline _verifying;

    /// <summary>Asks by a client that is this one's own from now on.</summary>
    /// <param name="http">Its base address is the facilitator's, with a slash at its end; it must follow no redirects. Each call has its own clock.</param>
    /// <param name="options">How long it asks.</param>
    /// <param name="time">Measures how long.</param>
    public FacilitatorClient(HttpClient http, FacilitatorClientOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        http.Timeout = Timeout.InfiniteTimeSpan;
        http.MaxResponseContentBufferSize = X402Limits.MaxBodyBytes;
        _http = http;
        _options = options;
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
            .AddTimeout(options.VerifyTimeout)
            .Build();
    }

    /// <summary>A client for a facilitator by its URL.</summary>
    /// <param name="facilitator">As <c>https://host/path</c>.</param>
    /// <param name="handler">Sends, and signs where the facilitator wants that. Null: one without proxy, cookies and redirects.</param>
    public static HttpClient CreateHttpClient(Uri facilitator, HttpMessageHandler? handler = null)
    {
        ArgumentNullException.ThrowIfNull(facilitator);
        return new HttpClient(handler ?? new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(facilitator.AbsoluteUri.TrimEnd('/') + '/'),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>Asks whether the payment is good.</summary>
    /// <param name="request">The bytes of the question.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="FacilitatorFailedException">Nobody said so, three times, or for the whole of <see cref="FacilitatorClientOptions.VerifyTimeout"/>.</exception>
    public async Task<VerifyResponse> VerifyAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        try
        {
            return await _verifying.ExecuteAsync(async token => await VerifyOnceAsync(request, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
        catch (Polly.Timeout.TimeoutRejectedException late)
        {
            throw new FacilitatorFailedException("The facilitator did not answer in time.", late);
        }
    }

    /// <summary>Gives the order to settle. It is given again, three times, only when there was no connection to give it on.</summary>
    /// <param name="request">The bytes of the order.</param>
    /// <param name="network">The chain that is paid on.</param>
    /// <param name="payer">Who pays.</param>
    /// <param name="cancellationToken">Gives up; then nobody knows.</param>
    public async Task<SettleVerdict> SettleAsync(ReadOnlyMemory<byte> request, EvmNetwork network, EvmAddress payer, CancellationToken cancellationToken)
    {
        for (var retry = 0; ; retry++)
        {
            var verdict = await SettleOnceAsync(request, network, payer, cancellationToken).ConfigureAwait(false);
            if (verdict.Outcome != SettleOutcome.NotSent || retry == SettleRetries)
                return verdict;
            await Task.Delay(SettleRetryPause, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Gives the order to settle once, as <see cref="SettleAsync"/> does.</summary>
    public async Task<SettleVerdict> SettleOnceAsync(ReadOnlyMemory<byte> request, EvmNetwork network, EvmAddress payer, CancellationToken cancellationToken)
    {
        using var clock = new CancellationTokenSource(_options.SettleTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        try
        {
            using var message = CreateMessage("settle", request);
            message.Headers.TransferEncodingChunked = _options.OmitsLengthOfOrders;
            using var answer = await _http.SendAsync(message, either.Token).ConfigureAwait(false);
            var response = FacilitatorJson.ReadSettleResponse(await answer.Content.ReadAsByteArrayAsync(either.Token).ConfigureAwait(false));
            return response.IsRefused
                ? Unknown($"The facilitator answered {(int)answer.StatusCode} without saying what became of the payment.")
                : Judge(response.Value, answer.IsSuccessStatusCode, network, payer);
        }
        catch (HttpRequestException fault) when (fault.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            return new SettleVerdict(SettleOutcome.NotSent, null, SellerCodes.PaymentNotSettled, "The facilitator was not reached.");
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
    public static bool IsPayer(string? said, EvmAddress payer) => said is null || EvmAddress.TryParse(said, out var address) && address == payer;

    private static SettleVerdict Judge(SettleResponse response, bool isSuccessStatus, EvmNetwork network, EvmAddress payer)
    {
        var transaction = Bytes32.TryParse(response.Transaction, out var hash) ? hash.ToString() : null;
        if (response.Success)
        {
            // A word that contradicts itself is no proof that the money has moved, nor that it has not.
            return isSuccessStatus && transaction is not null && IsNetwork(response.Network, network) && IsPayer(response.Payer, payer)
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
    private static bool IsNetwork(string text, EvmNetwork network) =>
        (EvmNetwork.TryParse(text, X402Version.V1, out var said) || EvmNetwork.TryParse(text, out said)) && said == network;

    private static SettleVerdict Unknown(string detail, string? transaction = null) =>
        new(SettleOutcome.Unknown, transaction, SellerCodes.PaymentUnknown, detail);

    private static HttpRequestMessage CreateMessage(string path, ReadOnlyMemory<byte> request)
    {
        var content = new ReadOnlyMemoryContent(request);
        content.Headers.ContentType = MediaType;
        return new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = content };
    }

    private async Task<VerifyResponse> VerifyOnceAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        try
        {
            using var message = CreateMessage("verify", request);
            using var answer = await _http.SendAsync(message, cancellationToken).ConfigureAwait(false);
            var response = FacilitatorJson.ReadVerifyResponse(await answer.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
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
