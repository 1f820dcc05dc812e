using Microsoft.Extensions.Configuration;

namespace AgentMesh.ServiceDefaults.Dapr;

/// <summary>Where the app's sidecar is, from the environment names that Dapr sets for every app.</summary>
/// <param name="HttpEndpoint"><c>DAPR_HTTP_ENDPOINT</c>, else <c>http://localhost:DAPR_HTTP_PORT</c> (3500); without a slash at its end.</param>
/// <param name="ApiToken"><c>DAPR_API_TOKEN</c>, sent to the sidecar; null: none.</param>
/// <param name="AppToken"><c>APP_API_TOKEN</c>, expected from the sidecar; null: none.</param>
public sealed record SidecarOptions(string HttpEndpoint, string? ApiToken, string? AppToken)
{
    private const string DefaultHttpPort = "3500";

    /// <summary>Reads them.</summary>
    public static SidecarOptions From(IConfiguration configuration)
    {
        var endpoint = Text(configuration, "DAPR_HTTP_ENDPOINT")
            ?? $"http://localhost:{Text(configuration, "DAPR_HTTP_PORT") ?? DefaultHttpPort}";
        return new SidecarOptions(endpoint.TrimEnd('/'), Text(configuration, "DAPR_API_TOKEN"), Text(configuration, "APP_API_TOKEN"));
    }

    /// <summary>A client for the sidecar's HTTP API. Paths below it are relative, without a slash at their start.</summary>
    /// <param name="timeout">How long a call takes at most.</param>
    /// <returns>To be used for nothing but the sidecar, whose token is on every request, and to be disposed of.</returns>
    public HttpClient CreateClient(TimeSpan timeout)
    {
        // No proxy between an app and its own sidecar, and nowhere else to send the token to.
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(HttpEndpoint + '/'),
            Timeout = timeout,
        };
        if (ApiToken is { } token)
            client.DefaultRequestHeaders.Add(AppTokenEndpoints.Header, token);
        return client;
    }

    // The generated text of a record would show the tokens.
    /// <inheritdoc/>
    public override string ToString() => HttpEndpoint;

    private static string? Text(IConfiguration configuration, string name) =>
        configuration[name] is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
}
