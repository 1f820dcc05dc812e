using AgentMesh.Sidecar.Metrics;
using Polly;
using Polly.Fallback;
using Polly.Retry;
using Polly.Timeout;

namespace AgentMesh.Sidecar.Resiliency;

/// <summary>Runs calls under one target's policies: retries around the circuit breaker around the timeout, as daprd nests them.</summary>
/// <param name="policy">What the target has.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="discard">Called with the attempt that another one follows.</param>
/// <param name="metrics">Counts what the policies do; null: they are no resource's.</param>
internal sealed class PolicyRunner(TargetPolicy policy, TimeProvider timeProvider, Action<Attempt>? discard = null, ResiliencyMetrics.Target? metrics = null)
{
    private readonly CircuitBreaker? _breaker =
        policy.Breaker is { } breaker ? new CircuitBreaker(breaker, timeProvider, state => metrics?.Activated("circuitbreaker", state)) : null;

    private ResiliencePipeline<Attempt> Pipeline => field ??= Build();

    /// <summary>Runs until an attempt succeeds or the policy gives up; the last attempt is the result.</summary>
    public async Task<Attempt> RunAsync(Func<CancellationToken, ValueTask<Attempt>> operation, CancellationToken cancellationToken)
    {
        if (policy.Timeout is not null)
            metrics?.Applied("timeout");
        if (policy.Retry is not null)
            metrics?.Applied("retry");
        if (_breaker is not null)
            metrics?.Applied("circuitbreaker", _breaker.State);
        return await Pipeline.ExecuteAsync(operation, cancellationToken);
    }

    private ResiliencePipeline<Attempt> Build()
    {
        var builder = new ResiliencePipelineBuilder<Attempt> { TimeProvider = timeProvider };
        if (policy.Retry is { MaxRetries: not 0 } retry)
            builder.AddRetry(OptionsOf(retry));
        if (_breaker is not null)
            builder.AddStrategy(_ => _breaker);
        if (policy.Timeout is { } timeout && timeout > TimeSpan.Zero)
            builder.AddFallback(OptionsOfTimedOut()).AddTimeout(timeout);
        return builder.Build();
    }

    private RetryStrategyOptions<Attempt> OptionsOf(RetryPolicy retry) => new()
    {
        MaxRetryAttempts = retry.MaxRetries < 0 ? int.MaxValue : retry.MaxRetries,
        ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is null && retry.Handles(arguments.Outcome.Result)),
        DelayGenerator = arguments => ValueTask.FromResult<TimeSpan?>(retry.Delay(arguments.AttemptNumber)),
        OnRetry = arguments =>
        {
            metrics?.Activated("retry");
            discard?.Invoke(arguments.Outcome.Result);
            return ValueTask.CompletedTask;
        },
    };

    private FallbackStrategyOptions<Attempt> OptionsOfTimedOut() => new()
    {
        ShouldHandle = new PredicateBuilder<Attempt>().Handle<TimeoutRejectedException>(),
        FallbackAction = _ =>
        {
            metrics?.Activated("timeout");
            return Outcome.FromResultAsValueTask(new Attempt(AttemptOutcome.TimedOut));
        },
    };
}
