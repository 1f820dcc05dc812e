using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.Resiliency;

/// <summary>A Resiliency resource, its targets with the policies they name.</summary>
/// <param name="Name">Of the resource.</param>
internal sealed record ResiliencyResource(string Name) : Resource(Name)
{
    /// <summary>By app id: calls to that app.</summary>
    public IReadOnlyDictionary<string, TargetPolicy> Apps { get; init; } = new Dictionary<string, TargetPolicy>();

    /// <summary>By component: deliveries to the app.</summary>
    public IReadOnlyDictionary<string, TargetPolicy> Inbound { get; init; } = new Dictionary<string, TargetPolicy>();

    /// <summary>By component: calls to the component.</summary>
    public IReadOnlyDictionary<string, TargetPolicy> Outbound { get; init; } = new Dictionary<string, TargetPolicy>();

    /// <summary>The policy named <c>DaprBuiltInServiceRetries</c>; null: not overridden.</summary>
    public RetryPolicy? ServiceRetries { get; init; }
}

/// <summary>What a target has; null parts are not used.</summary>
internal sealed record TargetPolicy(TimeSpan? Timeout, RetryPolicy? Retry, BreakerPolicy? Breaker)
{
    public static readonly TargetPolicy None = new(null, null, null);
}

/// <summary>When and how often to try again.</summary>
/// <param name="IsExponential">From 0.5 s by 1.5 each time; else <paramref name="Duration"/> each time.</param>
/// <param name="Duration">Of the constant policy, 5 s.</param>
/// <param name="MaxInterval">Of the exponential policy, 60 s.</param>
/// <param name="MaxRetries">Tries after the first one; -1: for ever.</param>
/// <param name="HttpStatusCodes">The statuses that are tried again; null: every failure.</param>
internal sealed record RetryPolicy(bool IsExponential, TimeSpan Duration, TimeSpan MaxInterval, int MaxRetries, StatusCodeSet? HttpStatusCodes)
{
    /// <summary>dapr: the built-in policy of service invocation.</summary>
    public static readonly RetryPolicy BuiltInService = new(false, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60), 3, null);

    /// <summary>The wait before retry number <paramref name="retry"/>, from 0. Without daprd's random part: one sidecar has nobody to run in step with.</summary>
    public TimeSpan Delay(int retry) => IsExponential
        ? TimeSpan.FromSeconds(Math.Min(0.5 * Math.Pow(1.5, Math.Min(retry, 64)), MaxInterval.TotalSeconds))
        : Duration;

    public bool Handles(Attempt attempt) => attempt.Outcome switch
    {
        AttemptOutcome.TimedOut => true,
        AttemptOutcome.Failed => HttpStatusCodes is null || attempt.StatusCode is not { } status || HttpStatusCodes.Contains(status),
        _ => false,
    };
}

/// <summary>When to stop trying (dapr: pkg/resiliency/breaker, which is sony/gobreaker).</summary>
/// <param name="MaxRequests">Calls let through when half open, 1.</param>
/// <param name="Interval">After this the counts of a closed breaker start again; zero: never.</param>
/// <param name="Timeout">How long it stays open, 60 s.</param>
/// <param name="Trip">Opens it when true after a failure; null: more than 5 failures in a row.</param>
internal sealed record BreakerPolicy(int MaxRequests, TimeSpan Interval, TimeSpan Timeout, MatchExpression? Trip);
