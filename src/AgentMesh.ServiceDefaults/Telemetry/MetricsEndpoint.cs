using System.Net;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AgentMesh.ServiceDefaults.Telemetry;

/// <summary>
/// <c>GET /metrics</c>, for Prometheus. It is at the port that <c>OTEL_EXPORTER_PROMETHEUS_PORT</c> names, which serves nothing else; a network policy says
/// who reaches it. Without that port it is at the app's own in Development, for this machine alone, and nowhere otherwise: the gateway's port is public, and
/// the other apps' are open to whom their sidecars let through.
/// </summary>
internal static class MetricsEndpoint
{
    public static readonly PathString Path = new("/metrics");

    private static readonly Refusal NotFound = new(EdgeRefusals.NotFound, "Nothing is at this path.");

    /// <summary>Takes what comes to the port of metrics before anything else sees it.</summary>
    public static IApplicationBuilder UseMetricsPort(this IApplicationBuilder app)
    {
        if (app.ApplicationServices.GetRequiredService<TelemetrySettings>().ScrapePort is not { } port)
            return app;
        return app.MapWhen(
            context => context.Connection.LocalPort == port,
            branch => branch
                .UseOpenTelemetryPrometheusScrapingEndpoint(context => HttpMethods.IsGet(context.Request.Method) && context.Request.Path == Path)
                .Run(context => Problem.WriteAsync(context, NotFound)));
    }

    /// <summary>Maps it at the app's own port, where it is there.</summary>
    public static IEndpointRouteBuilder MapMetrics(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        if (services.GetRequiredService<TelemetrySettings>() is not { IsDisabled: false, ScrapePort: null } || !services.GetRequiredService<IHostEnvironment>().IsDevelopment())
            return endpoints;

        var scrape = endpoints.CreateApplicationBuilder().UseOpenTelemetryPrometheusScrapingEndpoint(static _ => true).Build();
        endpoints.MapMethods(Path, [HttpMethods.Get], context => IsLocal(context) ? scrape(context) : Problem.WriteAsync(context, NotFound)).AllowAnonymous();
        return endpoints;
    }

    // Null with an in-memory server.
    private static bool IsLocal(HttpContext context) => context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address);
}
