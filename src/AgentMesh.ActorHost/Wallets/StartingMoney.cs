using System.Globalization;
using System.Net;
using AgentMesh.Agents.Wallets;
using AgentMesh.ServiceDefaults.Dapr;
using Polly;
using Polly.Retry;

namespace AgentMesh.ActorHost.Wallets;

/// <summary>
/// Simulated money for new wallets, from the facilitator of one machine by service invocation. The idempotency key is made of the address, so that an
/// address gets it once, however often it is asked for.
/// </summary>
internal sealed partial class StartingMoney : IDisposable
{
    private const int Retries = 5;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private static readonly Uri Faucet = new("v1.0/invoke/facilitator/method/faucet", UriKind.Relative);

    private readonly HttpClient _http;
    private readonly WalletOptions _options;
    private readonly ResiliencePipeline<HttpStatusCode?> _pipeline;
    private readonly ILogger _logger;

    public StartingMoney(SidecarOptions sidecar, WalletOptions options, TimeProvider time, ILogger<StartingMoney> logger)
    {
        _http = sidecar.CreateClient(Timeout);
        _options = options;
        _logger = logger;
        // A few seconds, in which the facilitator of a mesh that has just started comes up; after them the flush asks again.
        _pipeline = new ResiliencePipelineBuilder<HttpStatusCode?> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<HttpStatusCode?>
            {
                ShouldHandle = static arguments => ValueTask.FromResult(!IsAnswer(arguments.Outcome.Result)),
                MaxRetryAttempts = Retries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(250),
            })
            .Build();
    }

    /// <summary>Asks for it.</summary>
    /// <returns>What became of it, one of <see cref="WalletGifts"/>; null: nobody knows, ask again.</returns>
    public async Task<string?> GiveAsync(string address, CancellationToken cancellationToken)
    {
        var status = await _pipeline.ExecuteAsync(async token => await AskAsync(address, token), cancellationToken);
        // A key that was used with another amount: the setting has changed, and the money was given before.
        if (status is HttpStatusCode.OK or HttpStatusCode.Conflict)
            return WalletGifts.Done;
        if (IsAnswer(status))
        {
            LogRefused(address, (int)status!);
            return WalletGifts.Refused;
        }

        LogUnreached(address);
        return null;
    }

    public void Dispose() => _http.Dispose();

    // Dapr says 401 and 403 for tokens and access control, which can be put right, and 5xx for an app that is not there.
    private static bool IsAnswer(HttpStatusCode? status) =>
        status is { } known && ((int)known < 300 || (int)known is >= 400 and < 500 and not (401 or 403 or 408 or 429));

    private async Task<HttpStatusCode?> AskAsync(string address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Faucet);
        request.Content = JsonContent.Create(new FaucetCall(address, _options.StartingAmount.ToString()), WalletJson.Default.FaucetCall);
        request.Headers.Add("Idempotency-Key", string.Create(CultureInfo.InvariantCulture, $"starting-money-{address}"));
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return answer.StatusCode;
        }
        catch (Exception fault) when (fault is HttpRequestException || fault is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    [LoggerMessage(50, LogLevel.Warning, "The faucet gives nothing to wallet {Address}: it answers {Status}")]
    private partial void LogRefused(string address, int status);

    [LoggerMessage(51, LogLevel.Warning, "The faucet was not reached for wallet {Address}; the agent's next flush asks again")]
    private partial void LogUnreached(string address);
}

/// <summary>What the faucet is asked.</summary>
/// <param name="Address">Who gets it.</param>
/// <param name="Amount">Atomic units.</param>
internal sealed record FaucetCall(string Address, string Amount);
