using AgentMesh.Gateway.Audit;
using AgentMesh.Gateway.Identity.Tickets;
using AgentMesh.ServiceDefaults;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace AgentMesh.Gateway.Identity;

/// <summary>Who calls, and what they may.</summary>
internal static class IdentityExtensions
{
    public static WebApplicationBuilder AddIdentity(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<AuthOptions>().BindConfiguration(AuthOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AuthOptions>, AuthOptionsValidator>();
        services.AddSingleton<ProtectedResource>();
        services.AddSingleton<Challenges>();
        services.AddSingleton<ApiKeyCallers>();
        services.AddSingleton<OpenCredentials>();
        services.AddHostedService(provider => provider.GetRequiredService<OpenCredentials>());
        services.AddCheckedOptions<TicketOptions>(TicketOptions.Section);
        services.AddSingleton<TicketSeal>();
        // Only then: the framework puts its middleware before ours as soon as it finds a scheme.
        if (builder.Configuration[ModeName] == AuthOptions.JwtMode)
        {
            services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
            services.AddSingleton<IConfigureOptions<JwtBearerOptions>, JwtSetup>();
        }

        return builder;
    }

    public static WebApplication UseIdentity(this WebApplication app)
    {
        if (app.Configuration[ModeName] == AuthOptions.JwtMode)
            app.UseAuthentication();
        else if (app.Configuration[ModeName] == AuthOptions.ApiKeyMode)
            app.UseMiddleware<ApiKeyAuthentication>();
        app.UseMiddleware<TicketAuthentication>();
        app.UseMiddleware<AccessControl>();
        app.UseMiddleware<AdminAudit>();
        return app;
    }

    public static IEndpointRouteBuilder MapIdentity(this IEndpointRouteBuilder endpoints)
    {
        ProtectedResource.Map(endpoints);
        TicketEndpoint.Map(endpoints);
        return endpoints;
    }

    /// <summary>True when whoever is on this machine is let in, and nobody else. A mode that does not exist is no such mode, and not started with.</summary>
    public static bool IsDevelopment(IConfiguration configuration) => configuration[ModeName] is null or "" or AuthOptions.Development;

    private const string ModeName = $"{AuthOptions.Section}:{nameof(AuthOptions.Mode)}";
}
