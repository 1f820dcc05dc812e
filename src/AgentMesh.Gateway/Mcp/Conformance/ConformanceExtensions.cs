using AgentMesh.Gateway.Mcp.Prompts;
using AgentMesh.Gateway.Mcp.Resources;
using AgentMesh.Gateway.Mcp.Tools;
using Microsoft.Extensions.Options;

namespace AgentMesh.Gateway.Mcp.Conformance;

/// <summary>Registers what the official conformance suite asks for, when <see cref="ConformanceOptions.Enabled"/> says so.</summary>
internal static class ConformanceExtensions
{
    public static IServiceCollection AddConformance(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ConformanceOptions>().BindConfiguration(ConformanceOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ConformanceOptions>, ConformanceOptionsValidator>();
        if (!configuration.GetValue<bool>($"{ConformanceOptions.Section}:{nameof(ConformanceOptions.Enabled)}"))
            return services;
        foreach (var tool in ContentTools.All().Concat(InputTools.All()))
            services.AddSingleton<IMcpTool>(tool);
        foreach (var tool in TaskTools.All())
            services.AddSingleton(provider => tool(provider.GetRequiredService<MessageTurns>()));
        services.AddSingleton<IMcpTool, ProgressTool>();
        services.AddSingleton<IMcpTool, CapabilitiesTool>();
        services.AddSingleton<IMcpTool, RoundsTool>();
        foreach (var prompt in ConformancePrompts.All())
            services.AddSingleton<IMcpPrompt>(prompt);
        foreach (var resource in ConformanceResource.All())
            services.AddSingleton<IMcpResource>(resource);
        return services.AddSingleton<IMcpResourceTemplate, ConformanceTemplate>();
    }
}
