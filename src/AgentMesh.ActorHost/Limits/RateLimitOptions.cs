using System.ComponentModel.DataAnnotations;
using AgentMesh.Agents.Limits;

namespace AgentMesh.ActorHost.Limits;

/// <summary>Section <c>AgentMesh:RateLimit</c>: how many messages one agent accepts.</summary>
internal sealed class RateLimitOptions
{
    internal const string Section = "AgentMesh:RateLimit";

    private const int DevelopmentPermits = 60;

    /// <summary>False: as many as come. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Messages in any window. Default 10, in Development 60.</summary>
    [Range(1, RateRule.MaxPermits)]
    public int Permits { get; set; } = 10;

    /// <summary>Seconds of the window. Default 60.</summary>
    [Range(1, 86_400)]
    public int WindowSeconds { get; set; } = 60;

    internal RateRule? Rule => Enabled ? new RateRule(Permits, TimeSpan.FromSeconds(WindowSeconds)) : null;

    internal static void Register(IServiceCollection services)
    {
        services.AddOptions<RateLimitOptions>()
            .Configure<IHostEnvironment>((options, environment) => options.Permits = environment.IsDevelopment() ? DevelopmentPermits : options.Permits)
            .BindConfiguration(Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
    }
}
