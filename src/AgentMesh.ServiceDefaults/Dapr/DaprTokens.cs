using Microsoft.Extensions.Hosting;

namespace AgentMesh.ServiceDefaults.Dapr;

/// <summary>Whether a service that only its sidecar may call is able to tell its sidecar from others.</summary>
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
            : $"Outside Development this app needs {string.Join(" and ", missing)}, so that only its own sidecar can call it.";
    }
}
