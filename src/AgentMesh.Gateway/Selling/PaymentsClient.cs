using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Payments;
using AgentMesh.Gateway.Agents;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Dapr;
using AgentMesh.ServiceDefaults.Problems;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;

namespace AgentMesh.Gateway.Selling;

/// <summary>
/// Buys at the app <c>payments</c>, by service invocation. A payment is taken once, so what was not answered is sent again for some seconds, in which a process
/// that ends hands over to another; then the client is told to repeat it, with the same payment.
/// </summary>
internal sealed partial class PaymentsClient(
    SidecarOptions sidecar, IOptions<AgentCallOptions> options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<PaymentsClient> logger) : IDisposable
{
    /// <summary>Longer than the app waits for the end of a payment.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>Where a payment stands is told without it, when it takes longer.</summary>
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(5);

    private static readonly Uri PaymentsPath = new("v1.0/invoke/payments/method/payments", UriKind.Relative);

    private static readonly Refusal Unknown = new(
        PaymentRefusals.PaymentUnknown, "The payment service was not reached; whether it has the payment is not known. Send the same payment again, and no other.");

    // Another gateway answers it.
    private static readonly Refusal Ending = new(
        PaymentRefusals.PaymentUnknown, "This gateway is about to end, and whether the payment was settled is not known. Send the same payment again, and no other.");

    private readonly HttpClient _http = sidecar.CreateClient(Timeout);

    private readonly ResiliencePipeline<HttpResponseMessage> _repeats = BuildRepeats(options.Value, time);

    /// <summary>What became of it; refused when the payment is used for something else, or nobody knows.</summary>
    public async Task<Result<PurchaseOutcome>> BuyAsync(Purchase purchase, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        try
        {
            using var answer = await _repeats.ExecuteAsync(
                static async (call, token) =>
                {
                    using var body = JsonContent.Create(call.purchase, ContractsJson.Default.Purchase);
                    return await call._http.PostAsync(PaymentsPath, body, token);
                },
                (_http, purchase), end.Token);
            if (answer.IsSuccessStatusCode && await answer.Content.ReadFromJsonAsync(ContractsJson.Default.PurchaseOutcome, end.Token) is { } outcome)
                return outcome;
            return await ReadRefusalAsync(answer, end.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Ending;
        }
        catch (Exception fault) when (fault is HttpRequestException or SocketException or JsonException
            || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogUnreached(fault);
            return Unknown;
        }
    }

    /// <summary>Reads where a payment stands; null when nobody says so.</summary>
    /// <param name="paymentId">A payment id, in its own text.</param>
    /// <param name="cancellationToken">Ends with the client.</param>
    public Task<PaymentInfo?> ReadAsync(string paymentId, CancellationToken cancellationToken) =>
        ReadAsync(paymentId, ContractsJson.Default.PaymentInfo, cancellationToken);

    /// <summary>Reads what has become of a payment, without waiting for it; null when nobody says so.</summary>
    /// <param name="paymentId">A payment id, in its own text.</param>
    /// <param name="cancellationToken">Ends with the client.</param>
    public Task<PurchaseOutcome?> ReadOutcomeAsync(string paymentId, CancellationToken cancellationToken) =>
        ReadAsync(paymentId + "/outcome", ContractsJson.Default.PurchaseOutcome, cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<T?> ReadAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        using var clock = new CancellationTokenSource(ReadTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        try
        {
            using var answer = await _http.GetAsync(new Uri($"{PaymentsPath}/{path}", UriKind.Relative), either.Token);
            return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync(type, either.Token) : null;
        }
        catch (Exception fault) when (fault is HttpRequestException or SocketException or JsonException
            || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogUnread(fault);
            return null;
        }
    }

    // Some 3 s, which it takes a process to end and its sidecar to know. Who has waited for the whole timeout is not kept waiting again, and what the app itself
    // has answered is its answer.
    private static ResiliencePipeline<HttpResponseMessage> BuildRepeats(AgentCallOptions options, TimeProvider time) =>
        new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome switch
                {
                    { Exception: HttpRequestException or SocketException } => true,
                    { Result: { StatusCode: >= HttpStatusCode.InternalServerError, Content.Headers.ContentType.MediaType: not Problem.ContentType } } => true,
                    _ => false,
                }),
                MaxRetryAttempts = 6,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.RetryDelay,
                MaxDelay = options.MaxRetryDelay,
            })
            .Build();

    private async Task<Refusal> ReadRefusalAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var problem = await answer.Content.ReadFromJsonAsync(Edge.GatewayJson.Answers.JsonElement, cancellationToken);
        if ((int)answer.StatusCode is < 500 and not 404
            && TextOf(problem, "type") is { } type && type.StartsWith(ProblemTypes.UriPrefix, StringComparison.Ordinal)
            && TextOf(problem, "detail") is { } detail)
        {
            return new Refusal(type[ProblemTypes.UriPrefix.Length..], detail);
        }

        LogRefused((int)answer.StatusCode);
        return Unknown;
    }

    private static string? TextOf(JsonElement problem, string member) =>
        problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    [LoggerMessage(60, LogLevel.Error, "The app payments was not reached; the outcome of a payment is not known here")]
    private partial void LogUnreached(Exception exception);

    [LoggerMessage(61, LogLevel.Error, "The app payments answered {Status}; the outcome of a payment is not known here")]
    private partial void LogRefused(int status);

    [LoggerMessage(62, LogLevel.Warning, "The app payments was not reached; where a payment stands is not told, or from its agent's records")]
    private partial void LogUnread(Exception exception);
}
