using System.Globalization;
using Prometheus;

namespace AgentMesh.Sidecar.Metrics;

/// <summary>HTTP between an app and its sidecar, both ways (dapr: pkg/diagnostics/http_monitoring.go).</summary>
internal sealed class HttpMetrics(MetricSet set, bool increasedCardinality)
{
    private static readonly string[] Labels = ["method", "path", "status"];

    private readonly HttpSeries _server = new(
        increasedCardinality, set.Latency("dapr_http_server_latency", "HTTP request end-to-end latency in server.", Labels),
        set.Counter("dapr_http_server_request_count", "Count of HTTP requests processed by the server.", Labels),
        set.Counter("dapr_http_server_response_count", "The number of HTTP responses", Labels));
    private readonly HttpSeries _client = new(
        increasedCardinality,
        set.Latency("dapr_http_client_roundtrip_latency", "Time between first byte of request headers sent to last byte of response received, or terminal error", Labels),
        set.Counter("dapr_http_client_completed_count", "Count of completed requests", Labels));
    private readonly Histogram.Child _requestBytes = set.Size("dapr_http_server_request_bytes", "HTTP request body size if set as ContentLength (uncompressed) in server.").WithLabels();
    private readonly Histogram.Child _responseBytes = set.Size("dapr_http_server_response_bytes", "HTTP response body size (uncompressed) in server.").WithLabels();
    private readonly Histogram.Child _receivedBytes = set.Size(
        "dapr_http_client_received_bytes", "Total bytes received in response bodies (not including headers but including error responses with bodies)").WithLabels();
    private readonly Counter _probes = set.Counter("dapr_http_healthprobes_completed_count", "Count of completed health probes", "status");
    private readonly Histogram _probeLatency = set.Latency(
        "dapr_http_healthprobes_roundtrip_latency", "Time between first byte of health probes headers sent to last byte of response received, or terminal error", "status");

    /// <summary>The app's calls of its sidecar so far.</summary>
    public CallTotals Outgoing { get; } = new();

    /// <summary>The sidecar's calls of its app so far, health probes apart.</summary>
    public CallTotals Incoming { get; } = new();

    /// <summary>The sidecar answered a request of its app. Bodies without a length count as empty.</summary>
    public void RequestServed(HttpContext context, string path, double elapsedMs)
    {
        // Who looks at the app through its sidecar is not the app.
        if (!path.StartsWith("/v1.0/metadata", StringComparison.Ordinal) && !path.StartsWith("/v1.0/healthz", StringComparison.Ordinal))
            Outgoing.Add(elapsedMs);
        _server.Add(context.Request.Method, path, context.Response.StatusCode, elapsedMs);
        _requestBytes.Observe(context.Request.ContentLength ?? 0);
        _responseBytes.Observe(context.Response.ContentLength ?? 0);
    }

    /// <summary>The app answered a request of its sidecar, or (500, as daprd counts it) did not.</summary>
    public void AppAnswered(string method, ReadOnlySpan<char> path, int status, long responseBytes, double elapsedMs)
    {
        Incoming.Add(elapsedMs);
        _client.Add(method, path, status, elapsedMs);
        _receivedBytes.Observe(responseBytes);
    }

    /// <summary>A health probe ended.</summary>
    public void AppProbed(int status, double elapsedMs)
    {
        var label = status.ToString(CultureInfo.InvariantCulture);
        _probes.WithLabels(label).Inc();
        _probeLatency.WithLabels(label).Observe(elapsedMs);
    }
}
