namespace AgentMesh.Gateway.Turns;

/// <summary>Registers what waiting for turns needs, and the endpoints of turns.</summary>
internal static class TurnsExtensions
{
    public static IServiceCollection AddTurns(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<TurnOptions>()
            .Bind(configuration.GetSection(TurnOptions.Section))
            .Validate(options => options.WaitTimeout > TimeSpan.Zero, $"{TurnOptions.Section}: WaitTimeout must be positive.")
            .ValidateOnStart();
        services.AddSingleton<TurnWaits>();
        services.AddSingleton<TurnStream>();
        return services;
    }

    public static IEndpointRouteBuilder MapTurns(this IEndpointRouteBuilder endpoints)
    {
        TurnEndpoints.Map(endpoints);
        return endpoints;
    }
}
