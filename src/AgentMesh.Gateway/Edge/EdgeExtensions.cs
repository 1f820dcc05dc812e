using AgentMesh.Gateway.Identity;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace AgentMesh.Gateway.Edge;

/// <summary>Everything between the socket and the endpoints, in the order a request meets it.</summary>
internal static class EdgeExtensions
{
    public static WebApplicationBuilder AddEdge(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<OriginOptions>().BindConfiguration(OriginOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<OriginOptions>, OriginOptionsValidator>();
        builder.Services.AddSingleton<AllowedOrigins>();
        builder.Services.AddSingleton<ForeignPages>();
        builder.AddIdentity();
        builder.Services.AddOptions<EdgeServerOptions>()
            .Configure<IConfiguration>((options, configuration) => options.AppPort = configuration[EdgeServerOptions.AppPortName])
            .Validate(options => string.IsNullOrWhiteSpace(options.AppPort) || options.Port is not null, "APP_PORT is not a port.")
            .ValidateOnStart();
        builder.Services.AddSingleton<IConfigureOptions<KestrelServerOptions>, EdgeServer>();
        return builder;
    }

    public static WebApplication UseEdge(this WebApplication app)
    {
        app.UseMiddleware<SecurityHeaders>();
        if (IdentityExtensions.IsDevelopment(app.Configuration))
            app.UseMiddleware<DevelopmentDoor>();
        else
            app.UseMiddleware<TokenDoor>();
        app.UseMiddleware<CrossOriginSharing>();
        app.UseMiddleware<TenantPath>();
        app.UseRouting();
        app.UseMiddleware<UnroutedRequests>();
        app.UseIdentity();
        return app;
    }
}
