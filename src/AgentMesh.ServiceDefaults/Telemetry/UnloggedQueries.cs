using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AgentMesh.ServiceDefaults.Telemetry;

/// <summary>
/// Keeps the server from logging the URLs of requests, whatever levels are configured. They have what people look for, and the tickets of browsers; and they
/// are written before anything of ours could take that out.
/// </summary>
internal sealed class UnloggedQueries : IPostConfigureOptions<LoggerFilterOptions>
{
    // "Request starting" and "Request finished" are information; what is above is about faults and has no URL.
    private const string Category = "Microsoft.AspNetCore.Hosting.Diagnostics";

    public void PostConfigure(string? name, LoggerFilterOptions options)
    {
        // The last rule of the longest name counts, but one for a provider before one for all of them.
        foreach (var provider in options.Rules.Select(rule => rule.ProviderName).Append(null).Distinct().ToList())
            options.Rules.Add(new LoggerFilterRule(provider, Category, LogLevel.Warning, null));
    }
}
