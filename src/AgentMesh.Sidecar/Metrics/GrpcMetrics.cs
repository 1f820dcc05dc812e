using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using Prometheus;

namespace AgentMesh.Sidecar.Metrics;

/// <summary>An app's gRPC calls of its sidecar (dapr: pkg/diagnostics/grpc_monitoring.go).</summary>
internal sealed class GrpcMetrics(MetricSet set)
{
    private const string Method = "grpc_server_method";
    private const string Status = "grpc_server_status";

    private readonly Counter _completed = set.Counter("dapr_grpc_io_server_completed_rpcs", "Distribution of bytes sent per RPC, by method.", Method, Status);

    private readonly Histogram _latency = set.Latency(
        "dapr_grpc_io_server_server_latency", "Time between first byte of request received to last byte of response sent, or terminal error.", Method, Status);

    /// <summary>A call was answered.</summary>
    public void CallServed(HttpContext context, double elapsedMs)
    {
        var status = StatusOf(context);
        // The path of a method that is not served is the caller's invention.
        var method = status == StatusCode.Unimplemented ? "" : context.Request.Path.Value ?? "";
        // Go writes it with one l.
        var label = status == StatusCode.Cancelled ? "Canceled" : status.ToString();
        _completed.WithLabels(method, label).Inc();
        _latency.WithLabels(method, label).Observe(elapsedMs);
    }

    // In the trailers, or in the headers of an answer that has nothing else.
    private static StatusCode StatusOf(HttpContext context)
    {
        const string Name = "grpc-status";
        var trailers = context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers;
        var text = trailers is not null && trailers.TryGetValue(Name, out var trailer) ? trailer.ToString() : context.Response.Headers[Name].ToString();
        return Enum.TryParse<StatusCode>(text, out var status) ? status : StatusCode.Unknown;
    }
}
