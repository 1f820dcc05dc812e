using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentMesh.ServiceDefaults.Dapr;

/// <summary>
/// Records in Dapr's ordinary state API, each read with its version and written only on it, so that several processes can change one. Over HTTP:
/// the SDK's own client would be a second way to the sidecar beside the one that actor calls use.
/// </summary>
/// <param name="sidecar">Whose state API.</param>
/// <param name="store">The state component's name.</param>
/// <param name="json">How records are read and written.</param>
/// <param name="timeout">How long a read or a write takes at most.</param>
public sealed class StateRecords(SidecarOptions sidecar, string store, JsonSerializerOptions json, TimeSpan timeout) : IDisposable
{
    private readonly HttpClient _http = sidecar.CreateClient(timeout);
    private readonly string _path = $"v1.0/state/{Uri.EscapeDataString(store)}";

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>Reads a record, with consistency <c>strong</c>.</summary>
    /// <param name="key">Which: of characters that stand in a path as they are.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The record and its version; null and null when there is none.</returns>
    /// <exception cref="HttpRequestException">The store does not say.</exception>
    /// <exception cref="JsonException">What is stored is no such record.</exception>
    public async Task<(T? Record, string? ETag)> LoadAsync<T>(string key, CancellationToken cancellationToken)
        where T : class
    {
        using var answer = await _http.GetAsync(new Uri($"{_path}/{key}?consistency=strong", UriKind.Relative), cancellationToken);
        answer.EnsureSuccessStatusCode();
        if (answer.StatusCode == HttpStatusCode.NoContent)
            return (null, null);
        var record = await answer.Content.ReadFromJsonAsync<T>(json, cancellationToken) ?? throw new JsonException($"{key} is null.");
        // Dapr's is the bare version, which is no ETag to HttpClient.
        return (record, answer.Headers.NonValidated.TryGetValues("ETag", out var etag) ? etag.ToString() : null);
    }

    /// <summary>Writes a record if it is still as it was read, or still not there.</summary>
    /// <param name="key">Which.</param>
    /// <param name="record">Its new value.</param>
    /// <param name="etag">The version that was read; null: there was none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False: somebody else has written since.</returns>
    /// <exception cref="HttpRequestException">The store does not say whether it is written.</exception>
    public async Task<bool> TryStoreAsync<T>(string key, T record, string? etag, CancellationToken cancellationToken)
        where T : class
    {
        var item = new JsonObject
        {
            ["key"] = key,
            ["value"] = JsonSerializer.SerializeToNode(record, json),
            ["options"] = new JsonObject { ["concurrency"] = "first-write", ["consistency"] = "strong" },
        };
        // Without one, first-write stores only what is not there.
        if (etag is not null)
            item["etag"] = etag;
        using var body = new StringContent(new JsonArray(item).ToJsonString(), null, "application/json");
        using var answer = await _http.PostAsync(new Uri(_path, UriKind.Relative), body, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.Conflict)
            return false;
        answer.EnsureSuccessStatusCode();
        return true;
    }
}
