using AgentMesh.ServiceDefaults.Dapr;
using AgentMesh.ServiceDefaults.Health;
using AgentMesh.ServiceDefaults.Problems;
using AgentMesh.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AgentMesh.ServiceDefaults;

/// <summary>The lines that stand first in every service's <c>Program.cs</c>.</summary>
public static class ServiceDefaultsExtensions
{
    // The launcher promises that everything has ended 10 s after Ctrl-C; requests that wait for an agent end before that.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Clock, health, telemetry, the sidecar's address and quiet request logs.</summary>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder)
    {
        // First in the list, so every other source wins. Not in appsettings.json: the run file starts services from the repository's
        // root, where that file would not be found.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData =
            [
                new("Logging:LogLevel:Default", "Information"),
                new("Logging:LogLevel:Microsoft.AspNetCore", "Warning"),
                // The launcher says where a service listens; on Kubernetes the probes do.
                new("Logging:LogLevel:Microsoft.Hosting.Lifetime", "Warning"),
            ],
        });
        builder.AddTelemetry();
        builder.AddConsoleFormat();
        builder.Services.AddSingleton<IPostConfigureOptions<LoggerFilterOptions>, UnloggedQueries>();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton(SidecarOptions.From(builder.Configuration));
        builder.Services.AddServiceHealth();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        return builder;
    }

    /// <summary>Answers at the port of metrics, if there is one, and ends every exception of what follows in a problem without a stack trace.</summary>
    public static IApplicationBuilder UseServiceDefaults(this IApplicationBuilder app) => app.UseMetricsPort().UseMiddleware<FaultMiddleware>();

    /// <summary>
    /// Runs until the process is told to stop. A service that is configured wrongly says so in one line and returns 1; it does not
    /// crash with a stack trace. Nor does one start outside Development that has no tokens of Dapr.
    /// </summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunServiceAsync(this WebApplication app)
    {
        // Read before running: a failed start disposes the services it comes from.
        var name = app.Environment.ApplicationName;
        try
        {
            // The host would validate too, but logs a stack trace when it refuses.
            app.Services.GetService<IStartupValidator>()?.Validate();
            if (DaprTokens.WhyNotToStart(app.Environment, app.Services.GetRequiredService<SidecarOptions>()) is { } reason)
            {
                await Console.Error.WriteLineAsync($"{name} does not start: {reason}");
                return 1;
            }

            SharedMachine.Share(app.Environment);
            await app.RunAsync();
            // 0, unless a service that ended the app has said why it must not go on.
            return Environment.ExitCode;
        }
        catch (OptionsValidationException refusal)
        {
            await Console.Error.WriteLineAsync($"{name} does not start: {refusal.Message}");
            return 1;
        }
        catch (AggregateException refusals) when (refusals.InnerExceptions.All(refusal => refusal is OptionsValidationException))
        {
            // Several features are configured wrongly.
            await Console.Error.WriteLineAsync($"{name} does not start: {string.Join(" ", refusals.InnerExceptions.Select(refusal => refusal.Message))}");
            return 1;
        }
        catch (IOException fault) when (fault.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"{name} does not start: {fault.Message}");
            return 1;
        }
    }
}
