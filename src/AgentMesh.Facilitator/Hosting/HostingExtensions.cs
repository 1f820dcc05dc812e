using AgentMesh.Facilitator.Ledger;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults;
using AgentMesh.ServiceDefaults.Dapr;
using AgentMesh.ServiceDefaults.Problems;
using AgentMesh.X402.Wire;
using Microsoft.Extensions.Options;

namespace AgentMesh.Facilitator.Hosting;

/// <summary>Where the app listens, what it is configured with, and how its requests end that nobody answers.</summary>
internal static partial class HostingExtensions
{
    private const int DefaultPort = 8083;

    /// <summary>Adds the options with their check, and the port.</summary>
    public static WebApplicationBuilder AddHosting(this WebApplicationBuilder builder)
    {
        builder.Services.AddCheckedOptions<FacilitatorOptions>(FacilitatorOptions.Section);
        builder.Services.AddSingleton<IValidateOptions<FacilitatorOptions>, FacilitatorOptionsValidator>();
        builder.AddAppListener(DefaultPort, X402Limits.MaxBodyBytes);
        return builder;
    }

    /// <summary>Answers what no endpoint is for, and what the ledger could not be read or written for.</summary>
    public static WebApplication UseHosting(this WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(HostingExtensions).FullName!);
        app.Use(async (context, next) =>
        {
            try
            {
                await next(context);
            }
            catch (LedgerUnavailableException exception) when (!context.Response.HasStarted)
            {
                // Not 200 with success false: whether it was settled is unknown to a caller who gets this.
                LogUnavailable(logger, exception);
                await Problem.WriteAsync(context, new Refusal(EdgeRefusals.NotReady, "The ledger's store does not answer as it should. Send the same request again."));
            }
        });
        app.MapFallback(context => Problem.WriteAsync(context, new Refusal(EdgeRefusals.NotFound, "Nothing is at this path.")));
        return app;
    }

    [LoggerMessage(1, LogLevel.Error, "The ledger's store does not answer as it should")]
    private static partial void LogUnavailable(ILogger logger, Exception exception);
}
