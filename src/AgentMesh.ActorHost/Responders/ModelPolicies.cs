using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace AgentMesh.ActorHost.Responders;

/// <summary>What happens when a model fails before its first text.</summary>
internal static class ModelPolicies
{
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Retries around a circuit breaker. Timeouts are not retried here: the wait was long already, and the provider may charge for it;
    /// the turn's next attempt is the retry.
    /// </summary>
    internal static ResiliencePipeline<ModelStream> Create(
        ResponderOptions options, TimeProvider time, Action<TimeSpan, ResponderFailedException> onRetry, Action onOpened)
    {
        var pipeline = new ResiliencePipelineBuilder<ModelStream> { TimeProvider = time };
        if (options.Retries > 0)
        {
            pipeline.AddRetry(new RetryStrategyOptions<ModelStream>
            {
                MaxRetryAttempts = options.Retries,
                Delay = TimeSpan.FromSeconds(options.RetryDelaySeconds),
                MaxDelay = MaxRetryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = arguments => ValueTask.FromResult(IsRetried(options, arguments.Outcome.Exception)),
                DelayGenerator = arguments => ValueTask.FromResult((arguments.Outcome.Exception as ResponderFailedException)?.RetryAfter),
                OnRetry = arguments =>
                {
                    onRetry(arguments.RetryDelay, (ResponderFailedException)arguments.Outcome.Exception!);
                    return default;
                },
            });
        }

        return pipeline.AddCircuitBreaker(new CircuitBreakerStrategyOptions<ModelStream>
        {
            MinimumThroughput = options.BreakerMinimumCalls,
            FailureRatio = options.BreakerFailurePercent / 100.0,
            SamplingDuration = TimeSpan.FromSeconds(options.BreakerWindowSeconds),
            BreakDuration = TimeSpan.FromSeconds(options.BreakerOpenSeconds),
            ShouldHandle = arguments => ValueTask.FromResult(IsBroken(arguments.Outcome.Exception)),
            OnOpened = _ =>
            {
                onOpened();
                return default;
            },
        }).Build();
    }

    private static bool IsRetried(ResponderOptions options, Exception? fault) =>
        fault is ResponderFailedException { IsTransient: true, Code: not ResponderFailures.ModelTimedOut } failure
        && !(failure.RetryAfter > TimeSpan.FromSeconds(options.MaxRetryAfterSeconds));

    // A rate limit is an answer of an endpoint in good health.
    private static bool IsBroken(Exception? fault) =>
        fault is ResponderFailedException { Code: ResponderFailures.ModelUnavailable or ResponderFailures.ModelTimedOut or ResponderFailures.ModelCutOff };
}
