using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using AgentMesh.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AgentMesh.ServiceDefaults.Health;

/// <summary>The three questions a platform asks a service.</summary>
public static class HealthEndpoints
{
    private const string Live = "/livez";
    private const string Health = "/healthz";
    private const string Ready = "/readyz";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    // A probe of Kubernetes waits 1 s by default; an answer after that is no answer.
    private static readonly TimeSpan SidecarTimeout = TimeSpan.FromMilliseconds(900);

    /// <summary>Adds the check that <c>/readyz</c> asks: the sidecar. Services add their own with <c>AddHealthChecks()</c>.</summary>
    public static IServiceCollection AddServiceHealth(this IServiceCollection services)
    {
        services.AddSingleton<SidecarHealthCheck>();
        services.AddHealthChecks().AddCheck<SidecarHealthCheck>("dapr-sidecar", timeout: SidecarTimeout);
        return services;
    }

    /// <summary>
    /// <c>/livez</c>: the process serves requests (restart it when it does not). <c>/readyz</c>: it can do its work (send it traffic).
    /// <c>/healthz</c>: Dapr's app health check; like livez it depends on nothing, because a dependency's trouble must not make
    /// the sidecar withdraw the app. Beside them <c>/metrics</c>, where it is at the app's own port.
    /// </summary>
    public static IEndpointRouteBuilder MapServiceHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapMethods(Live, Methods, Ok).AllowAnonymous();
        endpoints.MapMethods(Health, Methods, Ok).AllowAnonymous();
        endpoints.MapMethods(Ready, Methods, AnswerReadyAsync).AllowAnonymous();
        return endpoints.MapMetrics();
    }

    /// <summary>Whether a platform asks there, many times a minute.</summary>
    public static bool IsProbe(PathString path) => path == Live || path == Health || path == Ready || path == MetricsEndpoint.Path;

    private static Task Ok(HttpContext context)
    {
        const string Text = "ok\n";
        context.Response.ContentType = "text/plain";
        context.Response.ContentLength = Text.Length;
        return context.Response.WriteAsync(Text, context.RequestAborted);
    }

    private static async Task AnswerReadyAsync(HttpContext context)
    {
        var checks = context.RequestServices.GetRequiredService<HealthCheckService>();
        var report = await checks.CheckHealthAsync(context.RequestAborted);
        if (report.Status != HealthStatus.Unhealthy)
        {
            await Ok(context);
            return;
        }

        // Names only: the descriptions are for the log, which the health check service writes.
        var failed = string.Join(", ", report.Entries.Where(entry => entry.Value.Status == HealthStatus.Unhealthy).Select(entry => entry.Key));
        await Problem.WriteAsync(context, new Refusal(EdgeRefusals.NotReady, $"Not ready: {failed}."));
    }
}
