using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AgentMesh.ServiceDefaults;

/// <summary>Settings that are read once, and that a service does not start with when they are wrong.</summary>
public static class CheckedOptions
{
    /// <summary>Binds a section, has its annotations and validators checked at start, and adds the settings themselves as a singleton.</summary>
    /// <param name="services">The service's.</param>
    /// <param name="section">Name of the section, levels with a colon between them.</param>
    public static OptionsBuilder<T> AddCheckedOptions<T>(this IServiceCollection services, string section)
        where T : class
    {
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<T>>().Value);
        return services.AddOptions<T>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();
    }
}
