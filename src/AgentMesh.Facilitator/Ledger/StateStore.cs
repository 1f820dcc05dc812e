using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.Facilitator.Hosting;
using AgentMesh.ServiceDefaults.Dapr;

namespace AgentMesh.Facilitator.Ledger;

/// <summary>A record as the store has it.</summary>
/// <param name="Value">The record.</param>
/// <param name="ETag">Its version.</param>
internal sealed record StateEntry(JsonElement Value, string ETag);

/// <summary>A record to be written.</summary>
/// <param name="Key">Which.</param>
/// <param name="Value">Its new value.</param>
/// <param name="ETag">The version it has to have; null: any.</param>
internal sealed record StateUpsert(string Key, JsonElement Value, string? ETag);

/// <summary>Dapr's ordinary state API over HTTP, with a read of many keys, one that creates and one that changes many.</summary>
internal sealed class StateStore : IDisposable
{
    private readonly HttpClient _http;
    private readonly string _path;

    public StateStore(SidecarOptions sidecar, FacilitatorOptions options)
    {
        _http = sidecar.CreateClient(TimeSpan.FromSeconds(5));
        _path = $"v1.0/state/{Uri.EscapeDataString(options.StateStore)}";
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The records that are there.</summary>
    public async Task<Dictionary<string, StateEntry>> ReadAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, StateEntry>(keys.Count, StringComparer.Ordinal);
        if (keys.Count == 0)
            return found;
        var body = new JsonObject { ["keys"] = new JsonArray([.. keys.Select(key => JsonValue.Create(key))]), ["parallelism"] = keys.Count };
        var (status, answer) = await SendAsync("/bulk", body, cancellationToken);
        if (status == HttpStatusCode.NoContent)
            return found;
        if (status != HttpStatusCode.OK)
            throw new LedgerUnavailableException($"The store answers a read with {(int)status}.");
        var items = JsonSerializer.Deserialize(answer, LedgerJson.Default.ListBulkItem) ?? [];
        foreach (var item in items)
        {
            if (!string.IsNullOrEmpty(item.Error))
                throw new LedgerUnavailableException("The store cannot read a record.");
            if (item.Data is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } data)
                found[item.Key] = new StateEntry(data, item.ETag ?? throw new LedgerUnavailableException("The store has no ETags."));
        }

        return found;
    }

    /// <summary>Writes a record that is not there. One that is there stays as it is.</summary>
    public async Task CreateAsync(string key, JsonElement value, CancellationToken cancellationToken)
    {
        var (status, _) = await SendAsync("", new JsonArray(Request(new StateUpsert(key, value, null), firstWrite: true)), cancellationToken);
        // 409 or 500: in the words of Dapr, without an ETag it is a plain failure that somebody else was first.
        if ((int)status < 300 || (await ReadAsync([key], cancellationToken)).ContainsKey(key))
            return;
        throw new LedgerUnavailableException($"The store answers a first write with {(int)status}.");
    }

    /// <summary>Writes all of it in one transaction.</summary>
    /// <returns>
    /// False: somebody else has written one of them, or the store failed; what there is has to be read again. Dapr's Redis component writes
    /// the other records of a transaction all the same, and says 500 then.
    /// </returns>
    public async Task<bool> TryWriteAsync(IEnumerable<StateUpsert> upserts, CancellationToken cancellationToken)
    {
        var operations = new JsonArray([.. upserts.Select(upsert => new JsonObject { ["operation"] = "upsert", ["request"] = Request(upsert, firstWrite: upsert.ETag is not null) })]);
        var (status, _) = await SendAsync("/transaction", new JsonObject { ["operations"] = operations }, cancellationToken);
        return (int)status switch
        {
            < 300 => true,
            409 or >= 500 => false,
            _ => throw new LedgerUnavailableException($"The store answers a transaction with {(int)status}."),
        };
    }

    private static JsonObject Request(StateUpsert upsert, bool firstWrite)
    {
        var request = new JsonObject { ["key"] = upsert.Key, ["value"] = JsonNode.Parse(upsert.Value.GetRawText()) };
        if (upsert.ETag is not null)
            request["etag"] = upsert.ETag;
        if (firstWrite)
            request["options"] = new JsonObject { ["concurrency"] = "first-write", ["consistency"] = "strong" };
        return request;
    }

    private async Task<(HttpStatusCode Status, byte[] Body)> SendAsync(string path, JsonNode body, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new StringContent(body.ToJsonString(), null, "application/json");
            using var answer = await _http.PostAsync(new Uri(_path + path, UriKind.Relative), content, cancellationToken);
            return (answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(cancellationToken));
        }
        catch (HttpRequestException exception)
        {
            throw new LedgerUnavailableException("The Dapr sidecar cannot be reached.", exception);
        }
        catch (TaskCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LedgerUnavailableException("The Dapr sidecar does not answer in time.", exception);
        }
    }
}
