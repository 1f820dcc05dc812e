using System.Net;
using AgentMesh.Facilitator.Ledger;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using AgentMesh.X402.Wire;
using Microsoft.Extensions.Options;

namespace AgentMesh.Facilitator.Hosting;

/// <summary>Where the app listens, what it is configured with, and how its requests end that nobody answers.</summary>
internal static partial class HostingExtensions
{
    /// <summary>Used when <c>APP_PORT</c> is not set. Dapr's launchers always set it.</summary>
    private const int DefaultPort = 8083;

    /// <summary>Listens on <c>APP_PORT</c>: loopback in Development, any address otherwise (then tokens are required).</summary>
    public static WebApplicationBuilder AddHosting(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<FacilitatorOptions>().BindConfiguration(FacilitatorOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<FacilitatorOptions>, FacilitatorOptionsValidator>();
        builder.Services.AddSingleton(provider => provider.GetRequiredService<IOptions<FacilitatorOptions>>().Value);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = X402Limits.MaxBodyBytes;
            var port = builder.Configuration.GetValue("APP_PORT", DefaultPort);
            if (builder.Environment.IsDevelopment())
                kestrel.Listen(IPAddress.Loopback, port);
            else
                kestrel.ListenAnyIP(port);
        });
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
