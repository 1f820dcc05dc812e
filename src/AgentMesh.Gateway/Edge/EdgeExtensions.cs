using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace AgentMesh.Gateway.Edge;

/// <summary>Everything between the socket and the endpoints, in the order a request meets it.</summary>
internal static class EdgeExtensions
{
    public static WebApplicationBuilder AddEdge(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<AuthOptions>().BindConfiguration(AuthOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<AuthOptions>, AuthOptionsValidator>();
        builder.Services.AddOptions<OriginOptions>().BindConfiguration(OriginOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<OriginOptions>, OriginOptionsValidator>();
        builder.Services.AddSingleton<AllowedOrigins>();
        builder.Services.AddSingleton<IAgentOwners, DevelopmentOwners>();
        builder.Services.AddOptions<EdgeServerOptions>()
            .Configure<IConfiguration>((options, configuration) => options.AppPort = configuration[EdgeServerOptions.AppPortName])
            .Validate(options => string.IsNullOrWhiteSpace(options.AppPort) || options.Port is not null, "APP_PORT is not a port.")
            .ValidateOnStart();
        builder.Services.AddSingleton<IConfigureOptions<KestrelServerOptions>, EdgeServer>();
        return builder;
    }

    public static IApplicationBuilder UseEdge(this IApplicationBuilder app)
    {
        app.UseMiddleware<SecurityHeaders>();
        // The only door there is so far: AuthOptionsValidator lets no other mode start.
        app.UseMiddleware<DevelopmentDoor>();
        app.UseMiddleware<CrossOriginSharing>();
        app.UseRouting();
        app.UseMiddleware<UnroutedRequests>();
        return app;
    }
}
