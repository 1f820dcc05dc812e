using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.ActorHost.Agents;
using AgentMesh.Agents.DueWork;
using AgentMesh.ServiceDefaults.Dapr;

namespace AgentMesh.ActorHost.Sweeping;

/// <summary>
/// Which tenants have due work, in one record of Dapr's ordinary state API: read at every sweep, it wakes no actor. Several processes write it,
/// each on the version it has read.
/// </summary>
internal sealed class TenantRegistry : IDisposable
{
    /// <summary>Each means that another process has written in between.</summary>
    private const int MaxAttempts = 10;

    private static readonly JsonSerializerOptions Json = AgentsFeature.CreateJson();

    private readonly HttpClient _http;
    private readonly string _store;

    public TenantRegistry(SidecarOptions sidecar, SweepOptions options)
    {
        _http = sidecar.CreateClient(TimeSpan.FromSeconds(5));
        _store = Uri.EscapeDataString(options.StateStore);
    }

    public void Dispose() => _http.Dispose();

    public async Task<DueTenants> ReadAsync(CancellationToken cancellationToken) => (await LoadAsync(cancellationToken)).Tenants;

    /// <summary>Changes what is stored, if it is not so already.</summary>
    /// <param name="change">Asked again when another process has written in between.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What is stored afterwards.</returns>
    /// <exception cref="HttpRequestException">The store does not take it.</exception>
    public async Task<DueTenants> ChangeAsync(Func<DueTenants, DueTenants> change, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var (before, etag) = await LoadAsync(cancellationToken);
            var after = change(before);
            if (ReferenceEquals(before, after) || await StoreAsync(after, etag, cancellationToken))
                return after;
        }

        throw new HttpRequestException($"Other processes wrote {DueTenants.Key} each time in between.");
    }

    private async Task<(DueTenants Tenants, string? ETag)> LoadAsync(CancellationToken cancellationToken)
    {
        using var answer = await _http.GetAsync(new Uri($"v1.0/state/{_store}/{DueTenants.Key}?consistency=strong", UriKind.Relative), cancellationToken);
        answer.EnsureSuccessStatusCode();
        if (answer.StatusCode == HttpStatusCode.NoContent)
            return (DueTenants.Empty, null);
        var tenants = await answer.Content.ReadFromJsonAsync<DueTenants>(Json, cancellationToken) ?? throw new JsonException($"{DueTenants.Key} is null.");
        // Dapr's is the bare version, which is no ETag to HttpClient.
        return (tenants, answer.Headers.NonValidated.TryGetValues("ETag", out var etag) ? etag.ToString() : null);
    }

    /// <returns>False: another process has written since.</returns>
    private async Task<bool> StoreAsync(DueTenants tenants, string? etag, CancellationToken cancellationToken)
    {
        var item = new JsonObject
        {
            ["key"] = DueTenants.Key,
            ["value"] = JsonSerializer.SerializeToNode(tenants, Json),
            ["options"] = new JsonObject { ["concurrency"] = "first-write", ["consistency"] = "strong" },
        };
        // Without one, first-write stores only what is not there.
        if (etag is not null)
            item["etag"] = etag;
        using var body = new StringContent(new JsonArray(item).ToJsonString(), null, "application/json");
        using var answer = await _http.PostAsync(new Uri($"v1.0/state/{_store}", UriKind.Relative), body, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.Conflict)
            return false;
        answer.EnsureSuccessStatusCode();
        return true;
    }
}
