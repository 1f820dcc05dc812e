using System.Collections.Concurrent;
using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Actors;

/// <summary>
/// Gives a call its turn on its actor: finds the host, waits in line, moves the actor when its host changed. Taking actors out of
/// memory is in the other half.
/// </summary>
internal sealed partial class ActorRouter(HostDirectory hosts, TimeProvider timeProvider, ILogger<ActorRouter> logger)
{
    /// <summary>daprd looks an address up 5 times, 1 s apart, before it gives up.</summary>
    internal static readonly TimeSpan LookupTimeout = TimeSpan.FromSeconds(5);

    /// <summary>All actors in memory. One table for all processes of the machine: an actor has one turn, wherever it lives.</summary>
    private readonly ConcurrentDictionary<ActorRef, ActorTarget> _targets = new();

    private volatile bool _closed;

    private IEnumerable<ActorTarget> Targets => _targets.Select(entry => entry.Value);

    /// <summary>Actors in memory, per type, that live in the given process.</summary>
    public IEnumerable<(string Type, int Count)> CountActive(AppConnection connection) =>
        Targets.Where(target => target.Activation?.Host == connection).GroupBy(target => target.Actor.Type).Select(group => (group.Key, group.Count()));

    /// <summary>
    /// Announces a state write of an actor in the given process; null when it is not active there. The caller hands the activation
    /// back to <see cref="EndWrite"/>.
    /// </summary>
    public ActorActivation? TryBeginWrite(ActorRef actor, AppConnection connection)
    {
        if (_targets.GetValueOrDefault(actor)?.Activation is not { } activation || activation.Host != connection || !connection.TryBeginWrite())
            return null;
        if (activation.Writes.TryBegin())
            return activation;
        connection.EndWrite();
        return null;
    }

    public static void EndWrite(ActorActivation activation)
    {
        activation.Writes.End();
        activation.Host.EndWrite();
    }

    /// <summary>Runs a reminder or timer as the actor's turn. Nothing joins it: daprd sends the app no reentrancy id for these.</summary>
    /// <inheritdoc cref="RunTurnAsync{T}(ActorRef, string, Func{AppConnection, string, CancellationToken, Task{T}}, CancellationToken, bool, bool)"/>
    public Task<(T? Value, DaprError? Error)> RunTurnAsync<T>(
        ActorRef actor, Func<AppConnection, CancellationToken, Task<T>> call, CancellationToken cancellationToken, bool isForwarded = false) =>
        RunTurnAsync(actor, null, (host, _, token) => call(host, token), cancellationToken, isForwarded, mayShare: false);

    /// <summary>Runs one call as the actor's turn.</summary>
    /// <param name="actor">The actor.</param>
    /// <param name="reentrancyId">What the caller sent; calls of one id share the turn where the type allows it.</param>
    /// <param name="call">Given the host, and a new reentrancy id when the app has to get one. A host that is remote gives the turn itself.</param>
    /// <param name="cancellationToken">The caller left.</param>
    /// <param name="isForwarded">Another sidecar took this one for the actor's: it is not sent on.</param>
    /// <param name="mayShare">Whether others may join it.</param>
    /// <returns>What the call returned, or why there was no turn or why it was cut short.</returns>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public async Task<(T? Value, DaprError? Error)> RunTurnAsync<T>(
        ActorRef actor, string? reentrancyId, Func<AppConnection, string?, CancellationToken, Task<T>> call, CancellationToken cancellationToken,
        bool isForwarded = false, bool mayShare = true)
    {
        ForwardedCall? forward = null;
        string? newId = null;
        while (true)
        {
            // Looked up before the actor gets a place in memory: a type that nobody hosts must not fill the table.
            if (await FindHostAsync(actor, cancellationToken) is not { } host)
                return (default, _closed ? DaprError.ActorRuntimeClosed() : DaprError.ActorNoAddress(actor.ToString()));
            if (host.IsRemote)
            {
                if (isForwarded)
                    return (default, DaprError.ActorMoved(actor.ToString()));
                forward ??= new ForwardedCall(hosts, timeProvider);
                if (await forward.TryAsync(host, call, cancellationToken) is { } answer)
                    return answer;
                continue;
            }

            if (_closed)
                return (default, DaprError.ActorRuntimeClosed());
            var depth = mayShare ? host.FindActorType(actor.Type)?.MaxStackDepth ?? 0 : 0;
            if (depth > 0 && string.IsNullOrEmpty(reentrancyId))
                reentrancyId = newId = Guid.CreateVersion7(timeProvider.GetUtcNow()).ToString();
            var target = _targets.GetOrAdd(actor, static key => new ActorTarget(key));
            var entry = await EnterAsync(target, host, depth > 0 ? reentrancyId : null, depth, cancellationToken);
            if (entry == TurnEntry.Closed)
                continue;
            if (entry == TurnEntry.TooDeep)
                return (default, DaprError.ActorStackDepth());
            target.LastCall = timeProvider.GetTimestamp();
            try
            {
                var answer = depth == 0
                    ? await CallAsync(target, await PlaceAsync(target, cancellationToken), newId, call, cancellationToken)
                    : await CallSharedAsync(target, newId, call, cancellationToken);
                if (answer is { } done)
                    return done;
            }
            finally
            {
                target.LastCall = timeProvider.GetTimestamp();
                target.Turn.Exit();
            }
        }
    }

    private static ValueTask<TurnEntry> EnterAsync(ActorTarget target, AppConnection host, string? reentrancyId, int depth, CancellationToken cancellationToken)
    {
        var entering = target.Turn.EnterAsync(reentrancyId, depth, cancellationToken);
        return entering.IsCompleted ? entering : WaitAsync();

        async ValueTask<TurnEntry> WaitAsync()
        {
            using (host.App.Metrics.Service.CallWaits(target.Actor.Type))
                return await entering;
        }
    }

    /// <summary>Null: while the call waited for its turn the actor went to another sidecar.</summary>
    private async Task<(T? Value, DaprError? Error)?> CallAsync<T>(
        ActorTarget target, ActorActivation? activation, string? newId, Func<AppConnection, string?, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        if (activation is null)
            return hosts.OwnerOf(target.Actor) is { IsRemote: true } ? null : (default, DaprError.ActorNoAddress(target.Actor.ToString()));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, activation.Leaving);
        try
        {
            return (await call(activation.Host, newId, either.Token), null);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException
            && activation.Leaving.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (default, DaprError.ActorInvoke($"the actor '{target.Actor}' has left its process during the call"));
        }
    }

    // Calls that share a turn run side by side: the actor stays where it is as long as one of them is in the app.
    private async Task<(T? Value, DaprError? Error)?> CallSharedAsync<T>(
        ActorTarget target, string? newId, Func<AppConnection, string?, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        ActorActivation? activation;
        using (await target.Placing.EnterAsync(cancellationToken))
        {
            activation = target.Calls > 0 ? target.Activation : await PlaceAsync(target, cancellationToken);
            target.Calls++;
        }

        try
        {
            return await CallAsync(target, activation, newId, call, cancellationToken);
        }
        finally
        {
            using (await target.Placing.EnterAsync(CancellationToken.None))
                target.Calls--;
        }
    }

    private async ValueTask<AppConnection?> FindHostAsync(ActorRef actor, CancellationToken cancellationToken) =>
        hosts.FindActorHost(actor.Type, actor.Id)
        ?? (_closed ? null : await hosts.WaitAsync(() => hosts.FindActorHost(actor.Type, actor.Id), LookupTimeout, timeProvider, cancellationToken));

    // The caller has the turn. The old instance is gone before the new host hears of the actor: never active twice.
    private async ValueTask<ActorActivation?> PlaceAsync(ActorTarget target, CancellationToken cancellationToken)
    {
        if (await FindHostAsync(target.Actor, cancellationToken) is not { } host)
            return null;
        if (target.Activation is { } current)
        {
            if (current.Host == host)
                return current;
            await EndAsync(target, current, cancellationToken);
        }

        if (host.IsRemote)
            return null;
        // What the process held when it was last lost: it lived on all the while, and so did its memory.
        if (host.HasLeftover(target.Actor) && await DeactivateAsync(target.Actor, host, cancellationToken))
            host.RemoveLeftover(target.Actor);
        return target.Activation = new ActorActivation(host);
    }
}
