using System.Collections.Concurrent;
using AgentMesh.Sidecar.Metrics;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Resiliency;

/// <summary>The policies of every app, each with one circuit breaker for a target.</summary>
internal sealed class ResiliencyPolicies(TimeProvider timeProvider)
{
    private readonly ConcurrentDictionary<(string App, string Kind, string Target), PolicyRunner> _runners = new();

    /// <summary>Calls of one app to another. Without a policy of its own only a refused connection is tried again.</summary>
    public PolicyRunner ForInvocation(AppDefinition caller, string target)
    {
        var (policy, metrics) = Find(caller, resource => resource.Apps, target, "outbound", "app_");
        // One for all targets without a policy: it has no breaker, and their names come from outside.
        return _runners.GetOrAdd((caller.AppId, "app", policy == TargetPolicy.None ? "" : target), _ => new PolicyRunner(
            policy.Retry is null ? policy with { Retry = BuiltIn(caller) } : policy, timeProvider, attempt => (attempt.Value as IDisposable)?.Dispose(), metrics));
    }

    /// <summary>Whether the caller has retries of its own for the target: they react to statuses, not to refused connections only.</summary>
    public static bool RetriesStatuses(AppDefinition caller, string target) => Find(caller, resource => resource.Apps, target, "", "").Policy is { Retry: not null };

    /// <summary>Deliveries of a component to the app; no retries unless a resource says so.</summary>
    public PolicyRunner ForInbound(AppDefinition app, string component) =>
        _runners.GetOrAdd((app.AppId, "inbound", component), _ => Create(Find(app, resource => resource.Inbound, component, "inbound", "Pubsub_")));

    /// <summary>Calls of the app to a component.</summary>
    public PolicyRunner ForOutbound(AppDefinition app, string component) =>
        _runners.GetOrAdd((app.AppId, "outbound", component), _ => Create(Find(app, resource => resource.Outbound, component, "outbound", "Pubsub_")));

    private PolicyRunner Create((TargetPolicy Policy, ResiliencyMetrics.Target? Metrics) found) => new(found.Policy, timeProvider, metrics: found.Metrics);

    private static (TargetPolicy Policy, ResiliencyMetrics.Target? Metrics) Find(
        AppDefinition app, Func<ResiliencyResource, IReadOnlyDictionary<string, TargetPolicy>> targets, string target, string direction, string kind)
    {
        foreach (var resource in app.Resiliency)
        {
            if (targets(resource).GetValueOrDefault(target) is { } policy)
                return (policy, app.Metrics.Resiliency.For(resource.Name, direction, kind + target));
        }

        return (TargetPolicy.None, null);
    }

    // dapr: pkg/resiliency: an override of a built-in policy has at least its number of retries.
    private static RetryPolicy BuiltIn(AppDefinition caller)
    {
        var policy = caller.Resiliency.Select(resource => resource.ServiceRetries).FirstOrDefault(retries => retries is not null) ?? RetryPolicy.BuiltInService;
        return policy.MaxRetries is >= 0 and < 3 ? policy with { MaxRetries = 3 } : policy;
    }
}
