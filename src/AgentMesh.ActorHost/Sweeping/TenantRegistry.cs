using AgentMesh.ActorHost.Agents;
using AgentMesh.Agents.DueWork;
using AgentMesh.ServiceDefaults.Dapr;

namespace AgentMesh.ActorHost.Sweeping;

/// <summary>
/// Which tenants have due work, in one record of Dapr's ordinary state API: read at every sweep, it wakes no actor. Several processes write it,
/// each on the version it has read.
/// </summary>
internal sealed class TenantRegistry(SidecarOptions sidecar, SweepOptions options) : IDisposable
{
    /// <summary>Each means that another process has written in between.</summary>
    private const int MaxAttempts = 10;

    private readonly StateRecords _records = new(sidecar, options.StateStore, AgentsFeature.CreateJson(), TimeSpan.FromSeconds(5));

    public void Dispose() => _records.Dispose();

    public async Task<DueTenants> ReadAsync(CancellationToken cancellationToken) =>
        (await _records.LoadAsync<DueTenants>(DueTenants.Key, cancellationToken)).Record ?? DueTenants.Empty;

    /// <summary>Changes what is stored, if it is not so already.</summary>
    /// <param name="change">Asked again when another process has written in between.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What is stored afterwards.</returns>
    /// <exception cref="HttpRequestException">The store does not take it.</exception>
    public async Task<DueTenants> ChangeAsync(Func<DueTenants, DueTenants> change, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var (stored, etag) = await _records.LoadAsync<DueTenants>(DueTenants.Key, cancellationToken);
            var before = stored ?? DueTenants.Empty;
            var after = change(before);
            if (ReferenceEquals(before, after) || await _records.TryStoreAsync(DueTenants.Key, after, etag, cancellationToken))
                return after;
        }

        throw new HttpRequestException($"Other processes wrote {DueTenants.Key} each time in between.");
    }
}
