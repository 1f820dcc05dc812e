using System.Security.Cryptography;
using System.Text;

namespace AgentMesh.ActorHost.Dapr;

/// <summary>
/// Who may call this app: its sidecar, known by <c>APP_API_TOKEN</c> in the header <c>dapr-api-token</c>. Actor calls have no
/// access control list in Dapr, so this token and the network policy are what guards them.
/// </summary>
internal static class AppToken
{
    private const string Header = "dapr-api-token";
    private const string Setting = "APP_API_TOKEN";
    private const string SidecarSetting = "DAPR_API_TOKEN";

    /// <summary>The one path without a token: an orchestrator's probe has none, and the answer says nothing.</summary>
    private const string HealthPath = "/healthz";

    /// <summary>One sentence when the tokens are missing outside Development; null when the app may start.</summary>
    internal static string? WhyNotToStart(IHostEnvironment environment, IConfiguration configuration)
    {
        if (environment.IsDevelopment())
            return null;
        string[] missing = [.. new[] { Setting, SidecarSetting }.Where(name => string.IsNullOrWhiteSpace(configuration[name]))];
        return missing.Length == 0
            ? null
            : $"Outside Development this app needs {string.Join(" and ", missing)}, so that only its sidecar can call its actors.";
    }

    /// <summary>Refuses every call without the token, when there is one.</summary>
    internal static void UseAppToken(this WebApplication app)
    {
        if (app.Configuration[Setting] is not { Length: > 0 } token)
            return;
        var expected = Encoding.UTF8.GetBytes(token);
        app.Use((context, next) =>
            context.Request.Path == HealthPath || IsToken(context.Request.Headers[Header].ToString(), expected)
                ? next(context)
                : Problems.WriteAsync(context, StatusCodes.Status401Unauthorized, "unauthenticated", "Only the app's own sidecar may call it."));
    }

    private static bool IsToken(string given, byte[] expected) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), expected);
}
