using AgentMesh.Contracts;
using AgentMesh.Contracts.Payments;
using AgentMesh.ServiceDefaults.Dapr;

namespace AgentMesh.Payments.Announcing;

/// <summary>Publishes what happened to payments, after it is stored.</summary>
internal sealed partial class PaymentEventPublisher : IDisposable
{
    private readonly HttpClient _http;
    private readonly ILogger _logger;

    public PaymentEventPublisher(SidecarOptions sidecar, ILogger<PaymentEventPublisher> logger)
    {
        _http = sidecar.CreateClient(TimeSpan.FromSeconds(5));
        _logger = logger;
    }

    public void Dispose() => _http.Dispose();

    /// <returns>False: it was not taken, and has to be published again.</returns>
    public async Task<bool> PublishAsync(PaymentEvent what, CancellationToken cancellationToken)
    {
        try
        {
            using var body = JsonContent.Create(what, ContractsJson.Default.PaymentEvent);
            // With its length: daprd reads chunked bodies, but does not retry them.
            await body.LoadIntoBufferAsync(cancellationToken);
            using var answer = await _http.PostAsync(
                new Uri($"v1.0/publish/{PaymentEvent.Component}/{PaymentEvent.Topic}", UriKind.Relative), body, cancellationToken);
            if (!answer.IsSuccessStatusCode)
                LogRefused(what.PaymentId, (int)answer.StatusCode);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException || exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            LogUnreached(what.PaymentId, exception.GetType().Name);
            return false;
        }
    }

    [LoggerMessage(40, LogLevel.Warning, "An event of payment {PaymentId} is not taken: publishing was answered {StatusCode}; it is published later")]
    private partial void LogRefused(string paymentId, int statusCode);

    [LoggerMessage(41, LogLevel.Warning, "An event of payment {PaymentId} is not taken: the sidecar was not reached ({ExceptionType}); it is published later")]
    private partial void LogUnreached(string paymentId, string exceptionType);
}
