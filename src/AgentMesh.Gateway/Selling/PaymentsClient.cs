using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Payments;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Dapr;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Selling;

/// <summary>Buys at the app <c>payments</c>, by service invocation. Never repeated here: the client repeats, with the same payment.</summary>
internal sealed partial class PaymentsClient(SidecarOptions sidecar, TimeProvider time, ILogger<PaymentsClient> logger) : IDisposable
{
    /// <summary>Longer than the app waits for the end of a payment.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>Where a payment stands is told without it, when it takes longer.</summary>
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(5);

    private static readonly Uri PaymentsPath = new("v1.0/invoke/payments/method/payments", UriKind.Relative);

    private static readonly Refusal Unknown = new(
        PaymentRefusals.PaymentUnknown, "The payment service was not reached; whether it has the payment is not known. Send the same payment again, and no other.");

    private readonly HttpClient _http = sidecar.CreateClient(Timeout);

    /// <summary>What became of it; refused when the payment is used for something else, or nobody knows.</summary>
    public async Task<Result<PurchaseOutcome>> BuyAsync(Purchase purchase, CancellationToken cancellationToken)
    {
        using var body = JsonContent.Create(purchase, ContractsJson.Default.Purchase);
        try
        {
            using var answer = await _http.PostAsync(PaymentsPath, body, cancellationToken);
            if (answer.IsSuccessStatusCode && await answer.Content.ReadFromJsonAsync(ContractsJson.Default.PurchaseOutcome, cancellationToken) is { } outcome)
                return outcome;
            return await ReadRefusalAsync(answer, cancellationToken);
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException
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
        catch (Exception fault) when (fault is HttpRequestException or JsonException
            || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogUnread(fault);
            return null;
        }
    }

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
