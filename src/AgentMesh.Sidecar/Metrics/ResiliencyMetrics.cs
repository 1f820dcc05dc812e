using Prometheus;

namespace AgentMesh.Sidecar.Metrics;

/// <summary>Policies of Resiliency resources (dapr: pkg/diagnostics/resiliency_monitoring.go).</summary>
internal sealed class ResiliencyMetrics(MetricSet set, string namespaceName)
{
    private static readonly string[] BreakerStates = ["closed", "half-open", "open", "unknown"];
    private static readonly string[] LabelNames = ["name", "policy", "namespace", "flow_direction", "target", "status"];

    private readonly Counter _loaded = set.Counter("dapr_resiliency_loaded", "Number of resiliency policies loaded.", "name", "namespace");
    private readonly Counter _count = set.Counter("dapr_resiliency_count", "Number of times a resiliency policyKey has been applied to a building block.", LabelNames);
    private readonly Counter _activations = set.Counter(
        "dapr_resiliency_activations_total",
        "Number of times a resiliency policyKey has been activated in a building block after a failure or after a state change.", LabelNames);
    private readonly Gauge _breaker = set.Gauge(
        "dapr_resiliency_cb_state", "A resiliency policy's current CircuitBreakerState state. 0 is closed, 1 is half-open, 2 is open, and -1 is unknown.", LabelNames);

    private string Namespace => namespaceName;

    public void Loaded(string resource) => _loaded.WithLabels(resource, namespaceName).Inc();

    /// <summary>The counters of one target's policies.</summary>
    /// <param name="resource">The resource's name.</param>
    /// <param name="direction"><c>inbound</c> or <c>outbound</c>.</param>
    /// <param name="target"><c>app_ID</c>, or the component's kind and name.</param>
    public Target For(string resource, string direction, string target) => new(this, resource, direction, target);

    internal sealed class Target(ResiliencyMetrics metrics, string resource, string direction, string target)
    {
        /// <summary>A call runs under the policy. A circuit breaker's state is told with it.</summary>
        public void Applied(string policy, string status = "")
        {
            metrics._count.WithLabels(Labels(policy, status)).Inc();
            if (status.Length > 0)
                Show(status);
        }

        /// <summary>The policy did something: a retry, the end of a time, another state of the breaker.</summary>
        public void Activated(string policy, string status = "")
        {
            metrics._activations.WithLabels(Labels(policy, status)).Inc();
            if (status.Length > 0)
                Show(status);
        }

        private void Show(string status)
        {
            foreach (var state in BreakerStates)
                metrics._breaker.WithLabels(Labels("circuitbreaker", state)).Set(state == status ? 1 : 0);
        }

        private string[] Labels(string policy, string status) => [resource, policy, metrics.Namespace, direction, target, status];
    }
}
