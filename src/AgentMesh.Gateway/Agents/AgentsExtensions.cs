using System.Diagnostics;
using AgentMesh.Contracts;
using AgentMesh.ServiceDefaults.Dapr;
using Dapr.Actors.Client;
using FluentValidation;

namespace AgentMesh.Gateway.Agents;

/// <summary>Registers what agents' endpoints need, and the endpoints.</summary>
internal static class AgentsExtensions
{
    // Calls of one agent wait for its turn, so many connections to the one sidecar are open at a time.
    private const int MaxConnections = 1024;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(10);

    public static IServiceCollection AddAgents(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AgentCallOptions>()
            .Bind(configuration.GetSection(AgentCallOptions.Section))
            .Validate(
                options => options.TotalTimeout > TimeSpan.Zero && options.AttemptTimeout > TimeSpan.Zero && options.RetryDelay >= TimeSpan.Zero
                    && options.MaxRetryDelay >= options.RetryDelay && options.MaxFailedCalls >= 2,
                $"{AgentCallOptions.Section}: times must be positive, MaxRetryDelay at least RetryDelay, MaxFailedCalls at least 2.")
            .ValidateOnStart();
        services.AddSingleton<IActorProxyFactory>(provider => CreateProxyFactory(provider.GetRequiredService<SidecarOptions>()));
        services.AddSingleton<AgentCalls>();
        services.AddSingleton<LongReads>();
        services.AddSingleton<MessageMetrics>();
        services.AddSingleton<MessagePosts>();
        services.AddSingleton<InfoReader>();
        services.AddSingleton<IValidator<MessageRequest>, MessageRequestValidator>();
        services.AddSingleton<IValidator<SessionRequest>, SessionRequestValidator>();
        // Hosting reads what callers send with it; see there.
        services.AddSingleton<DistributedContextPropagator, TraceparentPropagator>();
        return services;
    }

    public static IEndpointRouteBuilder MapAgents(this IEndpointRouteBuilder endpoints)
    {
        UsageEndpoint.Map(endpoints);
        InfoEndpoint.Map(endpoints);
        MessageEndpoint.Map(endpoints);
        HistoryEndpoint.Map(endpoints);
        SessionEndpoints.Map(endpoints);
        return endpoints;
    }

    // One for the life of the process: the handler holds the connections.
    private static ActorProxyFactory CreateProxyFactory(SidecarOptions sidecar) => new(
        new ActorProxyOptions
        {
            HttpEndpoint = sidecar.HttpEndpoint,
            DaprApiToken = sidecar.ApiToken,
            JsonSerializerOptions = ContractsJson.Default.Options,
            // AgentCalls keeps the time; HttpClient's 100 s would only hide a mistake there.
            RequestTimeout = Timeout.InfiniteTimeSpan,
        },
        sidecar.ShareConnections(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = ConnectionLifetime,
            MaxConnectionsPerServer = MaxConnections,
            ActivityHeadersPropagator = new TraceparentPropagator(),
        }));
}
