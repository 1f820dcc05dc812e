using Microsoft.Extensions.Hosting;

namespace AgentMesh.ServiceDefaults.Dapr;

/// <summary>Whether a service can tell its sidecar from others, and its sidecar it.</summary>
public static class DaprTokens
{
    /// <summary>One sentence when a token is missing outside Development; null when the service may start.</summary>
    public static string? WhyNotToStart(IHostEnvironment environment, SidecarOptions sidecar)
    {
        if (environment.IsDevelopment())
            return null;
        var missing = new List<string>(2);
        if (sidecar.AppToken is null)
            missing.Add("APP_API_TOKEN");
        if (sidecar.ApiToken is null)
            missing.Add("DAPR_API_TOKEN");
        return missing.Count == 0
            ? null
            : $"outside Development it needs {string.Join(" and ", missing)}, by which an app and its own Dapr sidecar know each other.";
    }
}
