using AgentMesh.Sidecar.Actors;
using AgentMesh.Sidecar.Channel;
using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.Registry;

/// <summary>
/// This sidecar among the others of the namespace: keeps the membership of its app's process alive, and the list of hosts up to date.
/// </summary>
/// <remarks>
/// With each epoch: the new hosts are installed, so that no turn starts for an actor that is another's; the router empties what was lost;
/// then the epoch is acknowledged. When all members have done so it is settled, and each serves what it won. See decision 0004.
/// </remarks>
internal sealed partial class Membership(
    RegistryClient registry, PeerOptions options, HostDirectory hosts, TimeProvider timeProvider, ILogger<Membership> logger) : IHostRegistry, IAsyncDisposable
{
    /// <summary>Between two looks; announcements come in between.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(750);

    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(250);

    /// <summary>So that the end of a lease is seen by the clock of Redis too.</summary>
    private static readonly TimeSpan AfterExpiry = TimeSpan.FromMilliseconds(5);

    /// <summary>One that leaves in order has answered its last calls, and the answers are on their way.</summary>
    private static readonly TimeSpan LastAnswers = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<string, AppConnection> _peers = new(StringComparer.Ordinal);
    private readonly HttpMessageInvoker _client = AppChannel.CreateClient();
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _closing = [];
    private readonly Pulse _wake = new();
    private readonly Pulse _acknowledgement = new();
    private Loop? _loop;
    private (Member Member, AppConnection Connection, MemberLease Lease)? _self;
    private long _acknowledged;
    private bool _isFailing;

    /// <summary>Reads the first list.</summary>
    /// <exception cref="StateStoreException">Redis does not answer.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await registry.SubscribeAsync(_wake.Send);
        await LookAsync(cancellationToken);
        _loop = new Loop(LookOnAsync);
    }

    /// <inheritdoc/>
    public async Task AddAsync(AppConnection connection, CancellationToken cancellationToken)
    {
        using var _ = await _gate.EnterAsync(cancellationToken);
        var id = Guid.CreateVersion7(timeProvider.GetUtcNow()).ToString();
        var member = new Member(
            id, connection.App.AppId, connection.App.Instance, options.Port, options.Secret, [.. connection.ActorTypes.Select(settings => settings.Type)]);
        var askedAt = timeProvider.GetTimestamp();
        var state = await registry.RunAsync(RegistryScript.Join, member, 0, cancellationToken);
        connection.Lease = new MemberLease(new StateFence(registry.Members, id), askedAt, timeProvider);
        _self = (member, connection, connection.Lease);
        _acknowledged = state.Epoch;
        Take(state);
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(AppConnection connection, Task closed)
    {
        // Only when its last write is over may others have its actors.
        await closed;
        using var _ = await _gate.EnterAsync(CancellationToken.None);
        try
        {
            connection.Lease?.End();
            connection.Lease?.Dispose();
            if (_self is not { } self || self.Connection != connection)
                return;
            _self = null;
            Take(await registry.RunAsync(RegistryScript.Leave, self.Member, 0, CancellationToken.None));
        }
        catch (StateStoreException failure)
        {
            // The lease ends by itself.
            LogFailed(failure.Message);
        }
    }

    /// <summary>
    /// Hosts no more actors, before an orderly end: completes when all have left and others have been told. Calls from the own app go on.
    /// </summary>
    public async Task WithdrawAsync(CancellationToken cancellationToken)
    {
        long epoch;
        try
        {
            using var _ = await _gate.EnterAsync(cancellationToken);
            if (_self is not { } self)
                return;
            var member = self.Member with { ActorTypes = [] };
            _self = self with { Member = member };
            var state = await registry.RunAsync(RegistryScript.Change, member, _acknowledged, cancellationToken);
            epoch = state.Epoch;
            Take(state);
        }
        catch (StateStoreException failure)
        {
            LogFailed(failure.Message);
            return;
        }

        while (_acknowledgement.Next is var next && Volatile.Read(ref _acknowledged) < epoch)
            await next.WaitAsync(cancellationToken);
    }

    /// <summary>No actor is active here that belongs to another in this epoch.</summary>
    public void Acknowledge(long epoch)
    {
        // An older list says nothing about the newer one, which is looked at next.
        if (epoch != hosts.Epoch)
            return;
        Volatile.Write(ref _acknowledged, epoch);
        _acknowledgement.Send();
        _wake.Send();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_loop is not null)
            await _loop.DisposeAsync();
        await Task.WhenAll(_closing);
        foreach (var peer in _peers.Values)
            await peer.CloseAsync();
        _client.Dispose();
        _gate.Dispose();
        _stopping.Dispose();
        await registry.DisposeAsync();
    }

    private async Task LookOnAsync(CancellationToken stopping)
    {
        while (true)
        {
            var wake = _wake.Next;
            var wait = AfterFailure;
            try
            {
                wait = await LookAsync(stopping);
                _isFailing = false;
            }
            catch (StateStoreException failure)
            {
                // Once for an outage. The own lease ends by its clock.
                if (!_isFailing)
                    LogFailed(failure.Message);
                _isFailing = true;
            }

            await wake.WaitAsync(wait, timeProvider, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Renews the lease and takes what is new; returns when to look again.</summary>
    private async Task<TimeSpan> LookAsync(CancellationToken cancellationToken)
    {
        using var _ = await _gate.EnterAsync(cancellationToken);
        var self = _self is { Lease.Lost.IsCancellationRequested: false } ? _self : null;
        var askedAt = timeProvider.GetTimestamp();
        var state = await registry.RunAsync(RegistryScript.Look, self?.Member, Volatile.Read(ref _acknowledged), cancellationToken);
        if (self is { } member)
        {
            if (state.Members.Any(other => other.Member.Id == member.Member.Id))
                member.Lease.Renew(askedAt);
            else
                member.Lease.End();
        }

        Take(state);
        var soonest = state.Members.Where(other => other.Member.Id != self?.Member.Id).Select(other => other.Left + AfterExpiry).DefaultIfEmpty(Heartbeat).Min();
        return soonest < Heartbeat ? soonest : Heartbeat;
    }

    // Within the gate: epochs are taken in their order.
    private void Take(RegistryState state)
    {
        if (state.Epoch != hosts.Epoch)
        {
            var all = state.Members.Select(other => (other.Member, Connection: ConnectionOf(other.Member))).ToList();
            hosts.Install(
                state.Epoch, [.. all.Select(entry => entry.Connection)], [.. all.Where(entry => entry.Member.ActorTypes.Count > 0).Select(entry => entry.Connection)]);
            _closing.RemoveAll(task => task.IsCompleted);
            foreach (var id in _peers.Keys.Except(all.Select(entry => entry.Member.Id)).ToList())
            {
                _closing.Add(CloseLaterAsync(_peers[id]));
                _peers.Remove(id);
            }

            LogEpoch(state.Epoch, string.Join(", ", all.Select(entry => entry.Member)));
        }

        if (state.IsSettled)
            hosts.Settle(state.Epoch);
    }

    private AppConnection ConnectionOf(Member member)
    {
        if (_self is { } self && self.Member.Id == member.Id)
            return self.Connection;
        if (_peers.TryGetValue(member.Id, out var known))
            return known;
        var app = new AppDefinition(member.AppId, 0, member.Port, 0, 0) { Instance = member.Instance };
        var types = member.ActorTypes.Select(
            type => new ActorTypeSettings(type, ActorTypeSettings.DefaultIdleTimeout, ActorTypeSettings.DefaultDrainOngoingCallTimeout)).ToList();
        return _peers[member.Id] = new AppConnection(app, new AppChannel(app, member.Secret, _client), types) { IsRemote = true };
    }

    // Ends the calls to a member that does not answer any more.
    private async Task CloseLaterAsync(AppConnection peer)
    {
        await Task.Delay(LastAnswers, timeProvider, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await peer.CloseAsync();
    }

    [LoggerMessage(LogLevel.Warning, "{Reason}")]
    private partial void LogFailed(string reason);

    [LoggerMessage(LogLevel.Information, "Epoch {Epoch}: {Members}")]
    private partial void LogEpoch(long epoch, string members);
}
