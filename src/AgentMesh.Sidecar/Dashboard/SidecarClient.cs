using System.Text.Json;
using AgentMesh.Sidecar.Channel;

namespace AgentMesh.Sidecar.Dashboard;

/// <summary>Asks sidecars of this machine for what they tell everybody, as <c>dapr list</c> and the Dapr dashboard do.</summary>
/// <param name="token">The sidecars' API token; null: they have none.</param>
internal sealed class SidecarClient(string? token) : IDisposable
{
    private const int MaxBytes = 1024 * 1024;

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null })
    {
        Timeout = TimeSpan.FromSeconds(2),
        MaxResponseContentBufferSize = MaxBytes,
    };

    /// <summary>Dapr's <c>/v1.0/metadata</c>. Null: no answer, or none that can be read.</summary>
    public async Task<JsonElement?> GetMetadataAsync(int daprHttpPort, CancellationToken cancellationToken)
    {
        if (await GetTextAsync(daprHttpPort, "/v1.0/metadata", cancellationToken) is not { } text)
            return null;
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The body of a 2xx answer; null: no answer, or another.</summary>
    public async Task<string?> GetTextAsync(int port, string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}{path}");
        if (token is not null)
            request.Headers.TryAddWithoutValidation(ForwardedHeaders.DaprApiToken, token);
        try
        {
            using var response = await _client.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync(cancellationToken) : null;
        }
        catch (Exception silent) when (silent is HttpRequestException || (silent is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
