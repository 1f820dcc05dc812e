using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Actors;

/// <summary>
/// Gives a call its turn on its actor: finds the host, waits in line, moves the actor when its host changed, and takes actors out
/// of memory when they are idle or have to leave.
/// </summary>
internal sealed partial class ActorRouter(HostDirectory hosts, TimeProvider timeProvider, ILogger<ActorRouter> logger)
{
    /// <summary>daprd looks an address up 5 times, 1 s apart, before it gives up.</summary>
    internal static readonly TimeSpan LookupTimeout = TimeSpan.FromSeconds(5);

    private const int DeactivationsAtOnce = 16;

    private readonly ActorTable _table = new();
    private volatile bool _closed;

    /// <summary>Actors in memory, per type, that live in the given process.</summary>
    public IEnumerable<(string Type, int Count)> CountActive(AppConnection connection) =>
        _table.Targets.Where(target => target.Owner == connection).GroupBy(target => target.Actor.Type).Select(group => (group.Key, group.Count()));

    /// <summary>True when the actor is in memory in this very process.</summary>
    public bool IsActive(ActorRef actor, AppConnection connection) => _table.Find(actor)?.Owner == connection;

    /// <summary>Runs one call as the actor's turn.</summary>
    /// <returns>What the call returned, or why there was no turn.</returns>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public async Task<(T? Value, DaprError? Error)> RunTurnAsync<T>(
        ActorRef actor, Func<AppConnection, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        // Looked up before the actor gets a place in memory: a type that nobody hosts must not fill the table.
        if (await FindHostAsync(actor, cancellationToken) is null)
            return (default, _closed ? DaprError.ActorRuntimeClosed() : DaprError.ActorNoAddress(actor.ToString()));

        while (!_closed)
        {
            var target = _table.GetOrAdd(actor);
            if (!await target.Turn.EnterAsync(cancellationToken))
                continue;
            try
            {
                target.LastCall = timeProvider.GetTimestamp();
                var host = await FindHostAsync(actor, cancellationToken);
                if (host is null)
                    return (default, DaprError.ActorNoAddress(actor.ToString()));
                await MoveAsync(target, host, cancellationToken);
                return (await call(host, cancellationToken), null);
            }
            finally
            {
                target.LastCall = timeProvider.GetTimestamp();
                target.Turn.Exit();
            }
        }

        return (default, DaprError.ActorRuntimeClosed());
    }

    /// <summary>
    /// Deactivates the actors that were not called for their type's idle timeout. A busy actor is never idle (daprd 1.18.3 aborts
    /// it; that is a defect we do not copy).
    /// </summary>
    public Task DeactivateIdleAsync(CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(_table.Targets.Where(IsIdle), Bounded(cancellationToken), async (target, token) =>
        {
            if (!target.Turn.TryEnterIdle())
                return;
            // Called between the look and the lock.
            if (!IsIdle(target))
            {
                target.Turn.Exit();
                return;
            }

            await RetireAsync(target, token);
        });

    /// <summary>Deactivates every actor as far as the token allows, each after its running turn. No turn starts from here on.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        _closed = true;
        try
        {
            await Parallel.ForEachAsync(_table.Targets, Bounded(cancellationToken), async (target, token) =>
            {
                if (await target.Turn.EnterAsync(token))
                    await RetireAsync(target, token);
            });
        }
        catch (OperationCanceledException)
        {
            LogDrainEnded(_table.Targets.Count());
        }
    }

    private static ParallelOptions Bounded(CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = DeactivationsAtOnce, CancellationToken = cancellationToken };

    private async ValueTask<AppConnection?> FindHostAsync(ActorRef actor, CancellationToken cancellationToken) =>
        hosts.FindActorHost(actor.Type, actor.Id)
        ?? (_closed ? null : await hosts.WaitAsync(() => hosts.FindActorHost(actor.Type, actor.Id), LookupTimeout, timeProvider, cancellationToken));

    private bool IsIdle(ActorTarget target)
    {
        // The holder of a turn that is still looking for a host has no owner yet; its lock says that it is busy.
        if (target.Owner is not { IsAlive: true } owner)
            return true;
        var idleTimeout = owner.FindActorType(target.Actor.Type)?.IdleTimeout ?? ActorTypeSettings.DefaultIdleTimeout;
        return timeProvider.GetElapsedTime(target.LastCall) >= idleTimeout;
    }

    // The caller has the turn. The old instance is gone before the new host hears of the actor: never active twice.
    private async Task MoveAsync(ActorTarget target, AppConnection host, CancellationToken cancellationToken)
    {
        if (target.Owner == host)
            return;
        if (target.Owner is { IsAlive: true } old)
            await DeactivateAsync(target.Actor, old, cancellationToken);
        target.Owner = host;
    }

    // The caller has the turn, and gives it up for good.
    private async Task RetireAsync(ActorTarget target, CancellationToken cancellationToken)
    {
        try
        {
            if (target.Owner is { IsAlive: true } owner)
                await DeactivateAsync(target.Actor, owner, cancellationToken);
        }
        finally
        {
            _table.Remove(target);
            target.Turn.Close();
        }
    }

    private async Task DeactivateAsync(ActorRef actor, AppConnection owner, CancellationToken cancellationToken)
    {
        try
        {
            await owner.Channel.DeactivateAsync(actor, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            // Ctrl-C reaches the apps too: at the stop a process that has gone first is nothing to report.
            if (!_closed)
                LogDeactivationFailed(actor.Type, owner.App.AppId, exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Deactivating an actor of type {ActorType} in {AppId} failed; the process is taken to be gone: {Reason}")]
    private partial void LogDeactivationFailed(string actorType, string appId, string reason);

    [LoggerMessage(LogLevel.Warning, "Stopped with {Count} actors not deactivated: the time for draining was over")]
    private partial void LogDrainEnded(int count);
}
