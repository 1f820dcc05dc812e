using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Payments;
using AgentMesh.Primitives;
using Dapr;
using Dapr.Actors;
using Dapr.Actors.Client;
using Polly;
using Polly.Retry;

namespace AgentMesh.Payments.Settlement;

/// <summary>
/// What runs and purchases say to payments, through the sidecar: the actor may be in another process. Retried while it is not reached; each call is
/// safe to repeat, because the payment's bytes or the attempt are what it is known by.
/// </summary>
internal sealed class PaymentActors(IActorProxyFactory proxies, TimeProvider time)
{
    private const int Retries = 6;

    private readonly ResiliencePipeline _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } exception && IsFault(exception)),
            MaxRetryAttempts = Retries,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(50),
            MaxDelay = TimeSpan.FromSeconds(2),
        })
        .Build();

    /// <summary>True for what a call throws when an actor is not reached, fails, or answers what nobody understands.</summary>
    public static bool IsFault(Exception exception) => exception is HttpRequestException or IOException or SocketException or DaprApiException or JsonException;

    public Task<Result<PaymentInfo>> ReceiveAsync(PaymentOrder order, CancellationToken cancellationToken) =>
        CallAsync<PaymentOrder, PaymentInfo>(order.PaymentId, nameof(IPaymentActor.Receive), order, cancellationToken);

    public Task<Result<PaymentInfo>> GetStatusAsync(string paymentId, CancellationToken cancellationToken) =>
        CallAsync<object, PaymentInfo>(paymentId, nameof(IPaymentActor.GetStatus), null, cancellationToken);

    public Task<Result<PaymentWork>> GetWorkAsync(PaymentRun run, CancellationToken cancellationToken) =>
        CallAsync<PaymentRunId, PaymentWork>(run.PaymentId, nameof(IPaymentActor.GetWork), new PaymentRunId(run.Attempt), cancellationToken);

    public Task<Result<PaymentWork>> ReportAsync(PaymentRun run, PaymentReport report, CancellationToken cancellationToken) =>
        CallAsync<PaymentReport, PaymentWork>(run.PaymentId, nameof(IPaymentActor.Report), report, cancellationToken);

    public Task<Result<PaymentOutlook>> LookAfterAsync(string paymentId, CancellationToken cancellationToken) =>
        CallAsync<object, PaymentOutlook>(paymentId, nameof(IPaymentActor.LookAfter), null, cancellationToken);

    private async Task<Result<TAnswer>> CallAsync<TRequest, TAnswer>(string paymentId, string method, TRequest? request, CancellationToken cancellationToken)
        where TRequest : class
        where TAnswer : class
    {
        var proxy = proxies.Create(new ActorId(paymentId), PaymentActorType.Name);
        return await _pipeline.ExecuteAsync(
            async token => (await proxy.AskAsync<TRequest, TAnswer>(method, request, token)).ToResult(), cancellationToken);
    }
}

/// <summary>One run of the work on a payment.</summary>
/// <param name="PaymentId">The payment.</param>
/// <param name="Attempt">Which run.</param>
internal sealed record PaymentRun(string PaymentId, int Attempt)
{
    private static readonly ActivitySource Source = new("AgentMesh.Payments");

    /// <summary>What has started it: the purchase, or a reminder. In memory only, as the run is.</summary>
    public ActivityContext Cause { get; } = Activity.Current?.Context ?? default;

    /// <summary>Its span; null: nobody gathers them.</summary>
    public Activity? StartSpan()
    {
        var span = Source.StartActivity("payment", ActivityKind.Internal, Cause);
        span?.SetTag("agentmesh.payment", PaymentId).SetTag("agentmesh.attempt", Attempt);
        return span;
    }
}
