using System.Net;
using System.Reflection;
using AgentMesh.ServiceDefaults.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Context.Propagation;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace AgentMesh.ServiceDefaults.Telemetry;

/// <summary>Spans, metrics and logs by OpenTelemetry, as its standard variables say.</summary>
internal static class TelemetryFeature
{
    /// <summary>Every source and meter of ours begins so.</summary>
    private const string Own = "AgentMesh.*";

    /// <summary>Spans and metrics of the MCP SDK, by its own name for them.</summary>
    private const string Mcp = "Experimental.ModelContextProtocol";

    /// <summary>The runtime's own spans of calls; the instrumentation package would only repeat them.</summary>
    private const string Calls = "System.Net.Http";

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        RequestTraces.Enable();
        var (services, configuration) = (builder.Services, builder.Configuration);
        var settings = TelemetrySettings.From(configuration);
        builder.ListenForScrapes(settings);
        services.AddSingleton(settings);
        // Features have their meters from it, whether anybody measures or not.
        services.AddMetrics();
        if (settings.IsDisabled)
            return;
        // The servers and clients pass traces on by themselves. The SDK's own default would read a stranger's baggage beside them.
        Sdk.SetDefaultTextMapPropagator(new TraceContextPropagator());
        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => Describe(resource, builder));
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(Own, Mcp, "System.Runtime").AddPrometheusExporter();
            // Measured: three quarters of a kilobyte of garbage for each request. Who has set nothing has not asked for it.
            if (settings.SendsMetrics || settings.ScrapePort is not null)
                metrics.AddMeter("Microsoft.AspNetCore.Hosting");
            if (settings.SendsMetrics)
                metrics.AddOtlpExporter();
        });
        if (settings.SendsTraces)
            telemetry.WithTracing(traces => traces.AddSource(Own, Mcp, Calls).AddAspNetCoreInstrumentation(OfRequests).AddOtlpExporter());
        if (settings.SendsLogs)
            telemetry.WithLogging(logs => logs.AddOtlpExporter());
    }

    private static void Describe(ResourceBuilder resource, WebApplicationBuilder builder)
    {
        // Dapr's launchers say the app id; the variables, which are read last, win.
        var name = builder.Configuration["APP_ID"] is { Length: > 0 } id ? id : builder.Environment.ApplicationName;
        var version = typeof(TelemetryFeature).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        resource.Clear().AddService(name, "agentmesh", version).AddTelemetrySdk().AddEnvironmentVariableDetector();
    }

    private static void OfRequests(OpenTelemetry.Instrumentation.AspNetCore.AspNetCoreTraceInstrumentationOptions options)
    {
        // Questions of machines, many times a minute.
        options.Filter = context => !HealthEndpoints.IsProbe(context.Request.Path);
        // What people look for, and the tickets of browsers.
        options.EnrichWithHttpRequest = static (activity, _) => activity.SetTag("url.query", null);
    }

    /// <summary>A port for the scraper alone: what the app's own port is for is others' business.</summary>
    private static void ListenForScrapes(this WebApplicationBuilder builder, TelemetrySettings settings)
    {
        builder.Services.AddOptions<ScrapePortCheck>()
            .Validate<IConfiguration>((_, configuration) => TelemetrySettings.IsScrapePortValid(configuration), $"{TelemetrySettings.PrometheusPort} is not a port.")
            .ValidateOnStart();
        if (settings.ScrapePort is not { } port)
            return;
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            if (builder.Environment.IsDevelopment())
                kestrel.Listen(IPAddress.Loopback, port);
            else
                kestrel.ListenAnyIP(port);
        });
    }

    private sealed class ScrapePortCheck;
}
