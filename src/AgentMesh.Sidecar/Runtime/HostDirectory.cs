using AgentMesh.Sidecar.Actors;

namespace AgentMesh.Sidecar.Runtime;

/// <summary>Which process hosts what: by actor type and by app id. Waiting for a host is a signal, not a poll.</summary>
internal sealed class HostDirectory : IHostRegistry
{
    private readonly Lock _gate = new();
    private volatile AppConnection[] _connections = [];
    private volatile Placement _placement = Placement.Empty;
    private volatile AppDefinition[] _unhealthy = [];
    private readonly Pulse _changed = new();

    /// <summary>Raised after hosts came or went, outside the lock.</summary>
    public event Action? Changed;

    public IReadOnlyList<AppConnection> Connections => _connections;

    /// <summary>True when a process of the app lives and fails its health check.</summary>
    public bool IsUnhealthy(string appId) => _unhealthy.Any(app => app.AppId == appId);

    public void SetUnhealthy(AppDefinition app, bool unhealthy)
    {
        lock (_gate)
            _unhealthy = [.. _unhealthy.Where(other => other != app), .. unhealthy ? new[] { app } : []];
    }

    /// <inheritdoc/>
    public Task AddAsync(AppConnection connection, CancellationToken cancellationToken)
    {
        Change(list => [.. list, connection]);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task RemoveAsync(AppConnection connection, Task closed)
    {
        Change(list => [.. list.Where(other => other != connection)]);
        return closed;
    }

    /// <summary>
    /// The process that hosts the actor, or a sidecar that does. Null when nobody hosts the type, or nobody yet: see <see cref="Placement"/>.
    /// </summary>
    public AppConnection? FindActorHost(string type, string id) => _placement.Find(type, id);

    /// <summary>Whose the actor is, served already or not.</summary>
    public AppConnection? OwnerOf(ActorRef actor) => _placement.OwnerOf(actor.Type, actor.Id);

    /// <summary>Between sidecars: which list of hosts this is.</summary>
    public long Epoch => _placement.Epoch;

    /// <summary>Between sidecars: takes the processes and sidecars of a new epoch.</summary>
    /// <param name="epoch">The epoch, which is not settled.</param>
    /// <param name="connections">All.</param>
    /// <param name="actorHosts">Those that host actors.</param>
    public void Install(long epoch, AppConnection[] connections, AppConnection[] actorHosts)
    {
        Signal(() => (_connections, _placement) = (connections, _placement.Next(epoch, actorHosts)));
        Changed?.Invoke();
    }

    /// <summary>Between sidecars: all have left what they lost.</summary>
    public void Settle(long epoch)
    {
        if (_placement is { Earlier.Count: > 0 } && Epoch == epoch)
            Signal(() => _placement = _placement.Settled());
    }

    /// <summary>Completes with the next change, or when the time is over.</summary>
    public async Task WaitForChangeAsync(TimeSpan limit, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        await _changed.Next.WaitAsync(limit, timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Waits until <paramref name="find"/> finds something; null when <paramref name="timeout"/> is over first.</summary>
    public async Task<AppConnection?> WaitAsync(Func<AppConnection?> find, TimeSpan timeout, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, timeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        while (true)
        {
            var changed = _changed.Next;
            if (find() is { } found)
                return found;
            try
            {
                await changed.WaitAsync(both.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return null;
            }
        }
    }

    private void Change(Func<AppConnection[], AppConnection[]> change)
    {
        Signal(() => _placement = Placement.Empty with { Hosts = _connections = change(_connections) });
        Changed?.Invoke();
    }

    private void Signal(Action change)
    {
        lock (_gate)
            change();
        _changed.Send();
    }
}
