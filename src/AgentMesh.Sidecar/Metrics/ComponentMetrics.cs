using System.Collections.Concurrent;

namespace AgentMesh.Sidecar.Metrics;

/// <summary>State and pub/sub of an app (dapr: pkg/diagnostics/component_monitoring.go).</summary>
internal sealed class ComponentMetrics(MetricSet set, string namespaceName)
{
    /// <summary>Topics are an app's to choose: from the thousandth on they are counted together, without a name.</summary>
    private const int MaxTopics = 1_000;

    private static readonly string[] PublishLabels = ["component", "namespace", "success", "topic"];

    private readonly ConcurrentDictionary<string, bool> _topics = new(StringComparer.Ordinal);
    private readonly TimedSeries _state = set.Timed(
        "state", "The number of operations performed on the state component.", "The latency of the response from the state component.",
        "component", "namespace", "operation", "success");
    private readonly TimedSeries _egress = set.Timed(
        "pubsub_egress", "The number of outgoing messages published to the pub/sub component.", "The latency of the response from the pub/sub component.", PublishLabels);
    private readonly TimedSeries _bulkEgress = set.Timed(
        "pubsub_egress_bulk", "The number of bulk publish calls to the pub/sub component.",
        "The latency of the response for the bulk publish call from the pub/sub component.", PublishLabels);
    private readonly TimedSeries _ingress = set.Timed(
        "pubsub_ingress", "The number of incoming messages arriving from the pub/sub component.", "The consuming app event processing latency.",
        "component", "namespace", "process_status", "topic", "status");
    private readonly TimedSeries _bulkIngress = set.Timed(
        "pubsub_ingress_bulk", "The number of incoming bulk subscribe calls arriving from the bulk pub/sub component.",
        "The consuming app event processing latency for the bulk pub/sub component.", "component", "namespace", "process_status", "topic");

    /// <param name="component">A component that is there.</param>
    /// <param name="operation"><c>get</c>, <c>set</c>, <c>delete</c>, <c>bulk_get</c>, <c>bulk_delete</c>, <c>transaction</c>.</param>
    /// <param name="success">Whether it was done.</param>
    /// <param name="elapsedMs">Of the store.</param>
    public void StateInvoked(string component, string operation, bool success, double elapsedMs) => _state.Add(new(component, namespaceName, operation, Text(success)), elapsedMs);

    public void Published(string component, string topic, bool success, double elapsedMs) => _egress.Add(new(component, namespaceName, Text(success), Topic(topic)), elapsedMs);

    public void PublishedInBulk(string component, string topic, bool success, double elapsedMs) => _bulkEgress.Add(new(component, namespaceName, Text(success), Topic(topic)), elapsedMs);

    /// <summary>The app got an event.</summary>
    /// <param name="component">The component.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="processStatus"><c>success</c>, <c>retry</c> or <c>drop</c>: what comes of it.</param>
    /// <param name="status">The same, but <c>success</c> where the app itself has dropped it.</param>
    /// <param name="elapsedMs">Of the app.</param>
    public void Delivered(string component, string topic, string processStatus, string status, double elapsedMs) =>
        _ingress.Add(new(component, namespaceName, processStatus, Topic(topic), status), elapsedMs);

    /// <summary>The app got a batch. As in daprd its status is not told.</summary>
    public void DeliveredInBulk(string component, string topic, double elapsedMs) => _bulkIngress.Add(new(component, namespaceName, "", Topic(topic)), elapsedMs);

    private static string Text(bool success) => success ? "true" : "false";

    private string Topic(string topic) => _topics.ContainsKey(topic) || (_topics.Count < MaxTopics && _topics.TryAdd(topic, true)) ? topic : "";
}
