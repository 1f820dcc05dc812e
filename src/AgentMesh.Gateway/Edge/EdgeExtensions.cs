using AgentMesh.Gateway.Edge.Draining;
using AgentMesh.Gateway.Identity;
using AgentMesh.ServiceDefaults;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration.Memory;
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
        // First in the list, so that whoever wants it has it.
        if (IdentityExtensions.IsDevelopment(builder.Configuration))
            builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = [new($"Logging:LogLevel:{typeof(RequestLog).FullName}", "Warning")] });
        builder.Services.AddSingleton<ForeignPages>();
        builder.Services.AddCheckedOptions<EdgeOptions>(EdgeOptions.Section);
        builder.Services.AddSingleton<IValidateOptions<EdgeOptions>, EdgeOptionsValidator>();
        builder.Services.AddSingleton<EdgeCertificate>();
        builder.AddIdentity();
        builder.Services.AddOptions<EdgeServerOptions>()
            .Configure<IConfiguration>((options, configuration) => options.AppPort = configuration[EdgeServerOptions.AppPortName])
            .Validate(options => string.IsNullOrWhiteSpace(options.AppPort) || options.Port is not null, "APP_PORT is not a port.")
            .ValidateOnStart();
        builder.Services.AddSingleton<IConfigureOptions<KestrelServerOptions>, EdgeServer>();
        builder.Services.AddDraining();
        return builder;
    }

    public static WebApplication UseEdge(this WebApplication app)
    {
        app.UseMiddleware<DrainedRequests>();
        app.UseMiddleware<RequestLog>();
        if (!IdentityExtensions.IsDevelopment(app.Configuration))
            app.UseProxies();
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
        app.UseMiddleware<AnonymousPace>();
        return app;
    }

    private static void AddDraining(this IServiceCollection services)
    {
        services.AddSingleton<Drain>();
        services.AddHostedService(provider => provider.GetRequiredService<Drain>());
        services.AddSingleton<SocketTransportFactory>();
        services.AddSingleton<IConnectionListenerFactory, DrainedTransport>();
    }

    /// <summary>Of the proxies that are named, and of nobody else, it is believed whose request they bring and whether it came by TLS.</summary>
    private static void UseProxies(this WebApplication app)
    {
        // With a text that names none the gateway does not start.
        if (new EdgeOptions { Proxies = app.Configuration[EdgeOptions.ProxiesName] ?? "" }.ListProxies() is not { Count: > 0 } proxies)
            return;
        // As many proxies as stand one behind the other: the first address from the right that is none of theirs is the caller's.
        var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        // The framework's own default believes this machine.
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
            forwarded.KnownIPNetworks.Add(proxy);
        app.UseForwardedHeaders(forwarded);
    }
}
