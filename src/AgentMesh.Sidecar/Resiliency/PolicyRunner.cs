using AgentMesh.Sidecar.Metrics;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace AgentMesh.Sidecar.Resiliency;

/// <summary>Runs calls under one target's policies: retries around the circuit breaker around the timeout, as daprd nests them.</summary>
internal sealed class PolicyRunner
{
    private readonly ResiliencePipeline<Attempt> _retry;
    private readonly ResiliencePipeline<Attempt> _timeout;
    private readonly CircuitBreaker? _breaker;
    private readonly ResiliencyMetrics.Target? _metrics;
    private readonly IReadOnlyList<string> _applied;

    /// <param name="policy">What the target has.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="discard">Called with the attempt that another one follows.</param>
    /// <param name="metrics">Counts what the policies do; null: they are no resource's.</param>
    public PolicyRunner(TargetPolicy policy, TimeProvider timeProvider, Action<Attempt>? discard = null, ResiliencyMetrics.Target? metrics = null)
    {
        _metrics = metrics;
        _applied = [.. policy.Timeout is null ? Array.Empty<string>() : ["timeout"], .. policy.Retry is null ? Array.Empty<string>() : ["retry"]];
        _breaker = policy.Breaker is { } breaker ? new CircuitBreaker(breaker, timeProvider, state => metrics?.Activated("circuitbreaker", state)) : null;
        _timeout = policy.Timeout is { } timeout && timeout > TimeSpan.Zero ? Timeout(timeout, timeProvider) : ResiliencePipeline<Attempt>.Empty;
        _retry = policy.Retry is { MaxRetries: not 0 } retry ? Retry(retry, timeProvider, discard) : ResiliencePipeline<Attempt>.Empty;
    }

    /// <summary>Runs until an attempt succeeds or the policy gives up; the last attempt is the result.</summary>
    public async Task<Attempt> RunAsync(Func<CancellationToken, ValueTask<Attempt>> operation, CancellationToken cancellationToken)
    {
        foreach (var policy in _metrics is null ? [] : _applied)
            _metrics!.Applied(policy);
        if (_breaker is not null)
            _metrics?.Applied("circuitbreaker", _breaker.StateName);
        return await _retry.ExecuteAsync(token => OnceAsync(operation, token), cancellationToken);
    }

    private async ValueTask<Attempt> OnceAsync(Func<CancellationToken, ValueTask<Attempt>> operation, CancellationToken cancellationToken)
    {
        if (_breaker is null)
            return await TimedAsync(operation, cancellationToken);
        if (!_breaker.TryEnter(out var generation))
            return new Attempt(AttemptOutcome.Open);
        var succeeded = false;
        try
        {
            var attempt = await TimedAsync(operation, cancellationToken);
            succeeded = attempt.Succeeded;
            return attempt;
        }
        finally
        {
            _breaker.Report(generation, succeeded);
        }
    }

    private async ValueTask<Attempt> TimedAsync(Func<CancellationToken, ValueTask<Attempt>> operation, CancellationToken cancellationToken)
    {
        try
        {
            return await _timeout.ExecuteAsync(operation, cancellationToken);
        }
        catch (TimeoutRejectedException)
        {
            _metrics?.Activated("timeout");
            return new Attempt(AttemptOutcome.TimedOut);
        }
    }

    private static ResiliencePipeline<Attempt> Timeout(TimeSpan timeout, TimeProvider timeProvider) =>
        new ResiliencePipelineBuilder<Attempt> { TimeProvider = timeProvider }.AddTimeout(new TimeoutStrategyOptions { Timeout = timeout }).Build();

    private ResiliencePipeline<Attempt> Retry(RetryPolicy policy, TimeProvider timeProvider, Action<Attempt>? discard) =>
        new ResiliencePipelineBuilder<Attempt> { TimeProvider = timeProvider }.AddRetry(new RetryStrategyOptions<Attempt>
        {
            MaxRetryAttempts = policy.MaxRetries < 0 ? int.MaxValue : policy.MaxRetries,
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is null && policy.Handles(arguments.Outcome.Result)),
            DelayGenerator = arguments => ValueTask.FromResult<TimeSpan?>(policy.Delay(arguments.AttemptNumber)),
            OnRetry = arguments =>
            {
                _metrics?.Activated("retry");
                discard?.Invoke(arguments.Outcome.Result);
                return ValueTask.CompletedTask;
            },
        }).Build();
}
