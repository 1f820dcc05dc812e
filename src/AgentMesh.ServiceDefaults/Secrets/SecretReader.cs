using System.Net;
using System.Text.Json;
using AgentMesh.ServiceDefaults.Dapr;

namespace AgentMesh.ServiceDefaults.Secrets;

/// <summary>Reads secrets of Dapr secret stores, through the app's own sidecar.</summary>
/// <param name="sidecar">The sidecar.</param>
public sealed class SecretReader(SidecarOptions sidecar) : IDisposable
{
    /// <summary>Bytes of a secret store's answer.</summary>
    public const int MaxBytes = 64 * 1024;

    private static readonly TimeSpan SidecarTimeout = TimeSpan.FromSeconds(10);

    // Its own client: the sidecar's token must never be on a connection to anybody else.
    private readonly HttpClient _client = CreateClient(sidecar);

    /// <summary>The value; null when the store has none there, or the app may not read it.</summary>
    /// <param name="place">Where it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SecretUnreadableException">The store was not reached, or does not answer as one.</exception>
    public async Task<string?> ReadAsync(SecretPlace place, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(place);
        var path = new Uri($"v1.0/secrets/{Uri.EscapeDataString(place.Store)}/{Uri.EscapeDataString(place.Name)}", UriKind.Relative);
        try
        {
            using var answer = await _client.GetAsync(path, cancellationToken);
            if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.NoContent or HttpStatusCode.Forbidden)
                return null;
            if (!answer.IsSuccessStatusCode)
                throw new SecretUnreadableException($"the sidecar answers {(int)answer.StatusCode}", null);
            return ValueOf(place, await answer.Content.ReadAsByteArrayAsync(cancellationToken));
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException
            || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new SecretUnreadableException("the sidecar was not reached, or its answer is no secret", fault);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static HttpClient CreateClient(SidecarOptions sidecar)
    {
        var client = sidecar.CreateClient(SidecarTimeout);
        client.MaxResponseContentBufferSize = MaxBytes;
        return client;
    }

    private static string? ValueOf(SecretPlace place, byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            return null;
        var values = document.RootElement.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.String).ToList();
        var found = values.FirstOrDefault(member => member.NameEquals(place.Key ?? place.Name));
        if (found.Value.ValueKind == JsonValueKind.Undefined && place.Key is null && values.Count == 1)
            found = values[0];
        return found.Value.ValueKind == JsonValueKind.String ? found.Value.GetString() : null;
    }
}

/// <summary>A secret store was not reached. The text has nothing of a secret.</summary>
/// <param name="why">What went wrong.</param>
/// <param name="inner">The fault.</param>
public sealed class SecretUnreadableException(string why, Exception? inner) : Exception(why, inner);
