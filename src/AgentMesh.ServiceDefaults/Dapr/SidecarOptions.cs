using System.Net;
using Microsoft.Extensions.Configuration;

namespace AgentMesh.ServiceDefaults.Dapr;

/// <summary>Where the app's sidecar is, from the environment names that Dapr sets for every app.</summary>
/// <param name="HttpEndpoint"><c>DAPR_HTTP_ENDPOINT</c>, else <c>http://localhost:DAPR_HTTP_PORT</c> (3500); without a slash at its end.</param>
/// <param name="ApiToken"><c>DAPR_API_TOKEN</c>, sent to the sidecar; null: none.</param>
/// <param name="AppToken"><c>APP_API_TOKEN</c>, expected from the sidecar; null: none.</param>
public sealed record SidecarOptions(string HttpEndpoint, string? ApiToken, string? AppToken)
{
    private const string DefaultHttpPort = "3500";

    /// <summary>
    /// The sidecar is asked over HTTP/2 with prior knowledge where many calls can share a connection: daprd serves it beside HTTP/1.1, unless it was started
    /// with <c>DAPR_HTTP_DISABLE_H2C</c>, and then the apps need that too. False for an <c>https</c> endpoint, where the connection itself finds out.
    /// </summary>
    public bool IsH2c { get; init; }

    /// <summary>Reads them.</summary>
    public static SidecarOptions From(IConfiguration configuration)
    {
        var endpoint = Text(configuration, "DAPR_HTTP_ENDPOINT")
            ?? $"http://localhost:{Text(configuration, "DAPR_HTTP_PORT") ?? DefaultHttpPort}";
        return new SidecarOptions(endpoint.TrimEnd('/'), Text(configuration, "DAPR_API_TOKEN"), Text(configuration, "APP_API_TOKEN"))
        {
            IsH2c = endpoint.StartsWith("http:", StringComparison.OrdinalIgnoreCase) && !IsTruthy(Text(configuration, "DAPR_HTTP_DISABLE_H2C")),
        };
    }

    /// <summary>A client for the sidecar's HTTP API. Paths below it are relative, without a slash at their start.</summary>
    /// <param name="timeout">How long a call takes at most.</param>
    /// <param name="isShared">Its calls share connections, as <see cref="ShareConnections"/> says.</param>
    /// <returns>To be used for nothing but the sidecar, whose token is on every request, and to be disposed of.</returns>
    public HttpClient CreateClient(TimeSpan timeout, bool isShared = false)
    {
        // No proxy between an app and its own sidecar, and nowhere else to send the token to.
        var handler = new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false };
        var client = new HttpClient(isShared ? ShareConnections(handler) : handler)
        {
            BaseAddress = new Uri(HttpEndpoint + '/'),
            Timeout = timeout,
        };
        if (ApiToken is { } token)
            client.DefaultRequestHeaders.Add(AppTokenEndpoints.Header, token);
        return client;
    }

    /// <summary>Calls over it share connections where <see cref="IsH2c"/>: one wake-up and one send serve several.</summary>
    /// <param name="handler">Its connections.</param>
    public HttpMessageHandler ShareConnections(SocketsHttpHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        // Each has a hundred calls at once or more, as the sidecar says.
        handler.EnableMultipleHttp2Connections = true;
        return IsH2c ? new H2cHandler(handler) : handler;
    }

    // The generated text of a record would show the tokens.
    /// <inheritdoc/>
    public override string ToString() => HttpEndpoint;

    // As daprd reads it: dapr/kit utils.IsTruthy.
    private static bool IsTruthy(string? text) => text?.ToUpperInvariant() is "Y" or "YES" or "TRUE" or "T" or "ON" or "1";

    private static string? Text(IConfiguration configuration, string name) =>
        configuration[name] is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    private sealed class H2cHandler(SocketsHttpHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
