using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Actors;

/// <summary>How actors leave memory: idle, moved to another host, with a lost process, at the end.</summary>
internal sealed partial class ActorRouter
{
    private const int DeactivationsAtOnce = 16;

    /// <summary>At the end a turn is not waited for longer, so that its actor can still be deactivated in the time there is.</summary>
    private static readonly TimeSpan LongestWaitAtTheEnd = TimeSpan.FromSeconds(2.5);

    /// <summary>An app that hangs while an actor moves must not hold up the others; asked again when it gets the actor back.</summary>
    private static readonly TimeSpan DeactivationLimit = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Deactivates the actors that were not called for their type's idle timeout. A busy actor is never idle (daprd 1.18.3 aborts
    /// it; that is a defect we do not copy).
    /// </summary>
    public Task DeactivateIdleAsync(CancellationToken cancellationToken) => LeaveAsync(
        IsIdle, (target, _) => ValueTask.FromResult(target.Turn.TryEnterIdle()), (target, token) => RetireAsync(target, token), cancellationToken);

    /// <summary>
    /// A host came: the actors that are now its own leave the processes they are in, each after its running call, which is cut short
    /// when its type's drain time is over. When it completes no actor is left that belongs to another sidecar.
    /// </summary>
    public Task RebalanceAsync(CancellationToken cancellationToken) => LeaveAsync(
        IsMisplaced,
        (target, token) =>
        {
            var settings = SettingsOf(target);
            return EnterToLeaveAsync(target, settings is { DrainRebalancedActors: false } ? TimeSpan.Zero : DrainTime(settings), token);
        },
        (target, token) =>
        {
            target.Activation?.Host.App.Metrics.Service.ActorRebalanced(target.Actor.Type);
            return RetireAsync(target, token, limit: DeactivationLimit);
        },
        cancellationToken);

    /// <summary>
    /// The process failed its health check and may still hold its actors: it is asked to forget them, and what it does not confirm in
    /// time it is asked again when it gets them back. Their calls have ended with the connection.
    /// </summary>
    public async Task HaltAsync(AppConnection connection, TimeSpan timeoutPerActor, CancellationToken cancellationToken)
    {
        try
        {
            await LeaveAsync(
                target => target.Activation?.Host == connection, (target, token) => target.Turn.EnterAsync(token),
                (target, token) => RetireAsync(target, token, alsoUnhealthy: true, limit: timeoutPerActor), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The rest end when they are called again.
        }
    }

    /// <summary>
    /// Deactivates every actor as far as the token allows, each after its running turn, which is cut short after its type's drain
    /// time. No turn starts from here on.
    /// </summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        _closed = true;
        try
        {
            await LeaveAsync(
                _ => true, (target, token) => EnterToLeaveAsync(target, Shorter(DrainTime(SettingsOf(target)), LongestWaitAtTheEnd), token),
                (target, token) => RetireAsync(target, token), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            LogDrainEnded(Targets.Count());
        }
    }

    // Those that are to leave do so as soon as they give their turn; a call before may have changed what is to be done with one.
    private Task LeaveAsync(
        Func<ActorTarget, bool> leaves, Func<ActorTarget, CancellationToken, ValueTask<bool>> enter, Func<ActorTarget, CancellationToken, Task> retire,
        CancellationToken cancellationToken)
    {
        var atOnce = new ParallelOptions { MaxDegreeOfParallelism = DeactivationsAtOnce, CancellationToken = cancellationToken };
        return Parallel.ForEachAsync(Targets.Where(leaves), atOnce, async (target, token) =>
        {
            if (!await enter(target, token))
                return;
            if (leaves(target))
                await retire(target, token);
            else
                target.Turn.Exit();
        });
    }

    private static ActorTypeSettings? SettingsOf(ActorTarget target) => target.Activation?.Host.FindActorType(target.Actor.Type);

    private static TimeSpan DrainTime(ActorTypeSettings? settings) =>
        settings?.DrainOngoingCallTimeout ?? ActorTypeSettings.DefaultDrainOngoingCallTimeout;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private async ValueTask<bool> EnterToLeaveAsync(ActorTarget target, TimeSpan patience, CancellationToken cancellationToken)
    {
        var entering = target.Turn.EnterAsync(cancellationToken);
        if (entering.IsCompleted)
            return await entering;
        var entered = entering.AsTask();
        try
        {
            return await entered.WaitAsync(patience, timeProvider, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            if (target.Activation is { } activation)
                await activation.CutAsync();
        }

        return await entered;
    }

    private bool IsIdle(ActorTarget target)
    {
        // The holder of a turn that is still looking for a host has no activation yet; its lock says that it is busy.
        if (target.Activation?.Host is not { IsAlive: true } host)
            return target.Activation?.Host is not { IsHalting: true };
        var idleTimeout = host.FindActorType(target.Actor.Type)?.IdleTimeout ?? ActorTypeSettings.DefaultIdleTimeout;
        return timeProvider.GetElapsedTime(target.LastCall) >= idleTimeout;
    }

    // One without an activation may be about to get one, by a call that looked before the host came; its turn says when it has passed.
    private bool IsMisplaced(ActorTarget target) => target.Activation?.Host is { } host
        ? host.IsAlive && hosts.OwnerOf(target.Actor) != host
        : hosts.OwnerOf(target.Actor) is { IsRemote: true };

    // The caller has the turn, and gives it up for good.
    private async Task RetireAsync(ActorTarget target, CancellationToken cancellationToken, bool alsoUnhealthy = false, TimeSpan? limit = null)
    {
        try
        {
            if (target.Activation is { } activation)
                await EndAsync(target, activation, cancellationToken, alsoUnhealthy, limit);
        }
        finally
        {
            // This target, not a later one of the same actor.
            _targets.TryRemove(KeyValuePair.Create(target.Actor, target));
            target.Turn.Close();
        }
    }

    // The caller has the turn. Completes when the process can no longer change the actor's state.
    private async Task EndAsync(
        ActorTarget target, ActorActivation activation, CancellationToken cancellationToken, bool alsoUnhealthy = false, TimeSpan? limit = null)
    {
        var host = activation.Host;
        if (!(host.IsAlive || alsoUnhealthy) || !await DeactivateAsync(target.Actor, host, cancellationToken, limit))
            host.AddLeftover(target.Actor);
        // After the deactivation, in which the actor may still save.
        await activation.Writes.CloseAsync();
        target.Activation = null;
        activation.Dispose();
    }

    private async Task<bool> DeactivateAsync(ActorRef actor, AppConnection host, CancellationToken cancellationToken, TimeSpan? limit = null)
    {
        // A process that is lost meanwhile does not answer.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, host.IsAlive ? host.Closed : CancellationToken.None);
        using var late = new CancellationTokenSource(limit ?? Timeout.InfiniteTimeSpan, timeProvider);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(either.Token, late.Token);
        try
        {
            await host.Channel.DeactivateAsync(actor, any.Token);
            host.App.Metrics.Service.ActorDeactivated(actor.Type);
            return true;
        }
        catch (HttpRequestException exception)
        {
            host.App.Metrics.Service.ActorDeactivationFailed(actor.Type);
            // Ctrl-C reaches the apps too: at the stop a process that has gone first is nothing to report.
            if (!_closed)
                LogDeactivationFailed(actor.Type, host.App.AppId, exception.Message);
            return false;
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException && (!host.IsAlive || late.IsCancellationRequested))
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Deactivating an actor of type {ActorType} in {AppId} failed; the process is taken to be gone: {Reason}")]
    private partial void LogDeactivationFailed(string actorType, string appId, string reason);

    [LoggerMessage(LogLevel.Warning, "Stopped with {Count} actors not deactivated: the time for draining was over")]
    private partial void LogDrainEnded(int count);
}
