using System.Text.Json;
using AgentMesh.Sidecar.Channel;

namespace AgentMesh.Sidecar.Dashboard;

/// <summary>Asks sidecars of this machine for Dapr's <c>/v1.0/metadata</c>, as <c>dapr list</c> and the Dapr dashboard do.</summary>
/// <param name="token">The sidecars' API token; null: they have none.</param>
internal sealed class MetadataClient(string? token) : IDisposable
{
    private const int MaxBytes = 1024 * 1024;

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null })
    {
        Timeout = TimeSpan.FromSeconds(2),
        MaxResponseContentBufferSize = MaxBytes,
    };

    /// <summary>Null: no answer, or none that can be read.</summary>
    public async Task<JsonElement?> GetAsync(int daprHttpPort, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{daprHttpPort}/v1.0/metadata");
        if (token is not null)
            request.Headers.TryAddWithoutValidation(ForwardedHeaders.DaprApiToken, token);
        try
        {
            using var response = await _client.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
                return null;
            using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            return document.RootElement.Clone();
        }
        catch (Exception silent) when (silent is HttpRequestException or JsonException || (silent is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
