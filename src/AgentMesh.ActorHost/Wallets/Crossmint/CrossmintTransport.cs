using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Polly;
using Polly.Retry;

namespace AgentMesh.ActorHost.Wallets.Crossmint;

/// <summary>
/// Calls of Crossmint's REST API (docs.crossmint.com, API reference, version 2025-06-09): <c>X-API-KEY</c>, and <c>x-idempotency-key</c> for what must be
/// done once. So every call can be repeated, and is: after 5xx, 429, a connection that broke, and silence.
/// </summary>
internal sealed class CrossmintTransport : IDisposable
{
    /// <summary>Of the API.</summary>
    internal const string Version = "2025-06-09";

    /// <summary>For one call.</summary>
    internal static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private const int Retries = 3;

    /// <summary>Of an answer; a signature with its parameters has a few KiB.</summary>
    private const int MaxBytes = 256 * 1024;

    /// <summary>Crossmint may ask to be left alone for longer; then the errand ends, and the flush asks again.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(20);

    // Its own client: the key must never be on a connection to anybody else, nor follow a redirect.
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false })
    {
        Timeout = System.Threading.Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = MaxBytes,
    };

    private readonly string _base;
    private readonly CrossmintKey _key;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline<Answer> _pipeline;

    public CrossmintTransport(WalletOptions options, CrossmintKey key, TimeProvider time)
    {
        _base = $"{options.Crossmint.BaseUrl.ToString().TrimEnd('/')}/{Version}/wallets";
        (_key, _time) = (key, time);
        _pipeline = new ResiliencePipelineBuilder<Answer> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<Answer>
            {
                ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome.Result is { MayPass: true, Pause: var pause } && !(pause > LongestPause)),
                MaxRetryAttempts = Retries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(500),
                DelayGenerator = static arguments => ValueTask.FromResult(arguments.Outcome.Result?.Pause),
            })
            .Build();
    }

    /// <summary>Posts, once for an idempotency key whatever is lost.</summary>
    /// <exception cref="CrossmintFailedException">There was no answer that says yes.</exception>
    public Task<JsonElement> PostAsync(string path, JsonObject body, string idempotencyKey, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, body, idempotencyKey, cancellationToken);

    /// <summary>Reads.</summary>
    /// <exception cref="CrossmintFailedException">There was no answer that says yes.</exception>
    public Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, null, null, cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, JsonObject? body, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var key = await _key.GetAsync(cancellationToken);
        var answer = await _pipeline.ExecuteAsync(
            async token => await TryAsync(() => CreateRequest(method, path, body, idempotencyKey, key), token), cancellationToken);
        if (answer.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            _key.Forget();
        return answer.Body ?? throw new CrossmintFailedException(
            answer.Status is { } status ? $"Crossmint answers {(int)status}." : "Crossmint was not reached, or took too long.", answer.Fault);
    }

    private HttpRequestMessage CreateRequest(HttpMethod method, string path, JsonObject? body, string? idempotencyKey, string key)
    {
        var request = new HttpRequestMessage(method, new Uri(_base + path));
        request.Headers.Add("X-API-KEY", key);
        if (idempotencyKey is not null)
            request.Headers.Add("x-idempotency-key", idempotencyKey);
        if (body is not null)
            request.Content = JsonContent.Create(body, WalletJson.Default.JsonObject);
        return request;
    }

    private async Task<Answer> TryAsync(Func<HttpRequestMessage> create, CancellationToken cancellationToken)
    {
        using var clock = new CancellationTokenSource(Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        try
        {
            using var request = create();
            using var response = await _http.SendAsync(request, either.Token);
            if (!response.IsSuccessStatusCode)
                return new Answer(response.StatusCode, null, PauseOf(response), null);
            using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(either.Token));
            return new Answer(response.StatusCode, document.RootElement.Clone(), null, null);
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException
            || fault is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new Answer(null, null, null, fault);
        }
    }

    private TimeSpan? PauseOf(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > _time.GetUtcNow() => date - _time.GetUtcNow(),
        _ => null,
    };

    /// <param name="Status">Null: there was none.</param>
    /// <param name="Body">Of a yes.</param>
    /// <param name="Pause">For which Crossmint wants to be left alone.</param>
    /// <param name="Fault">Why there was none.</param>
    private sealed record Answer(HttpStatusCode? Status, JsonElement? Body, TimeSpan? Pause, Exception? Fault)
    {
        public bool MayPass => Body is null && Status is null or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError;
    }
}
