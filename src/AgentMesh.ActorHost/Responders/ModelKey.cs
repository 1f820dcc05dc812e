using System.Net;
using System.Text.Json;
using AgentMesh.ServiceDefaults.Dapr;

namespace AgentMesh.ActorHost.Responders;

/// <summary>The provider's key: from the settings, or read once from the secret store by the app's own sidecar.</summary>
internal sealed class ModelKey : IDisposable
{
    /// <summary>Bytes of a secret store's answer.</summary>
    internal const int MaxBytes = 64 * 1024;

    private static readonly TimeSpan SidecarTimeout = TimeSpan.FromSeconds(10);

    private readonly SecretPlace? _place;
    private readonly SidecarOptions _sidecar;
    private readonly SemaphoreSlim _reading = new(1, 1);
    private HttpClient? _client;
    private volatile string? _key;

    public ModelKey(ResponderOptions options, SidecarOptions sidecar)
    {
        _sidecar = sidecar;
        _key = string.IsNullOrWhiteSpace(options.ApiKey) ? null : options.ApiKey.Trim();
        if (options.ApiKeySecret != SecretPlace.NoKey && SecretPlace.TryParse(options.ApiKeySecret, out var place))
            _place = place;
    }

    /// <summary>The key, or null for a server that wants none.</summary>
    public async ValueTask<string?> GetAsync(CancellationToken cancellationToken)
    {
        if (_key is { } known || _place is null)
            return _key;
        await _reading.WaitAsync(cancellationToken);
        try
        {
            return _key ??= await ReadAsync(_place, cancellationToken);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>The provider refused this key: read it again when it is next needed, for it may have been rotated.</summary>
    public void Forget(string key)
    {
        if (_place is not null && _key == key)
            _key = null;
    }

    public void Dispose()
    {
        _client?.Dispose();
        _reading.Dispose();
    }

    /// <summary>Visible ASCII, so that it can stand in a header.</summary>
    internal static bool IsHeaderText(string key) =>
        key.Trim() is { Length: > 0 } trimmed && trimmed.All(character => character is > ' ' and < (char)127);

    private async Task<string> ReadAsync(SecretPlace place, CancellationToken cancellationToken)
    {
        // Its own client: the sidecar's token must never be on a connection to a model.
        _client ??= new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false })
        {
            Timeout = SidecarTimeout,
            MaxResponseContentBufferSize = MaxBytes,
        };
        using var request = new HttpRequestMessage(
            HttpMethod.Get, $"{_sidecar.HttpEndpoint}/v1.0/secrets/{Uri.EscapeDataString(place.Store)}/{Uri.EscapeDataString(place.Name)}");
        if (_sidecar.ApiToken is { } token)
            request.Headers.Add(AppTokenEndpoints.Header, token);
        try
        {
            using var answer = await _client.SendAsync(request, cancellationToken);
            if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.NoContent or HttpStatusCode.Forbidden)
                throw ResponderFailures.KeyMissing();
            if (!answer.IsSuccessStatusCode)
                throw ResponderFailures.KeyUnreadable();
            return KeyOf(place, await answer.Content.ReadAsByteArrayAsync(cancellationToken)) ?? throw ResponderFailures.KeyMissing();
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException
            || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw ResponderFailures.KeyUnreadable();
        }
    }

    private static string? KeyOf(SecretPlace place, byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            return null;
        var values = document.RootElement.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.String).ToList();
        var found = values.FirstOrDefault(member => member.NameEquals(place.Key ?? place.Name));
        if (found.Value.ValueKind == JsonValueKind.Undefined && place.Key is null && values.Count == 1)
            found = values[0];
        return found.Value.ValueKind == JsonValueKind.String && IsHeaderText(found.Value.GetString()!) ? found.Value.GetString()!.Trim() : null;
    }
}
