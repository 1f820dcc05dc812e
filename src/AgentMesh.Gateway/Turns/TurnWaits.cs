using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Watching;
using AgentMesh.Primitives;
using Microsoft.Extensions.Options;

namespace AgentMesh.Gateway.Turns;

/// <summary>
/// Waits until a turn is over, or waits for budget itself: the agent's events tell it, the agent itself is asked once more for what became of the
/// turn.
/// </summary>
internal sealed class TurnWaits(
    WatchHub hub, AgentCalls calls, IOptions<TurnOptions> options, TimeProvider timeProvider, IHostApplicationLifetime lifetime)
{
    /// <summary>The turn when it is over or paused, or as it is when the time is up or this process is about to end.</summary>
    /// <exception cref="OperationCanceledException">The caller is gone; the turn goes on.</exception>
    public Task<Result<Turn>> WaitAsync(AgentKey agent, PostedMessage posted, CancellationToken cancellationToken) =>
        WaitAsync(agent, posted, options.Value.WaitTimeout, cancellationToken);

    /// <summary>As the other, for a caller that waits for another time than callers of HTTP.</summary>
    /// <exception cref="OperationCanceledException">The caller is gone; the turn goes on.</exception>
    public async Task<Result<Turn>> WaitAsync(AgentKey agent, PostedMessage posted, TimeSpan waitTimeout, CancellationToken cancellationToken)
    {
        using var watcher = hub.Join(agent);
        using var timeout = new CancellationTokenSource(waitTimeout, timeProvider);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken, lifetime.ApplicationStopping);
        await using var wake = end.Token.Register(static watcher => ((Watcher)watcher!).Wake(), watcher);
        watcher.Agent.Expect(posted.TurnId);
        var started = await watcher.StartReadingAsync(posted.UserSeq, cancellationToken);
        if (started.IsRefused)
            return started.Refusal;
        while (true)
        {
            while (!await HasStoppedAsync(watcher, posted.TurnId, cancellationToken) && !end.IsCancellationRequested)
                await watcher.WaitAsync();
            cancellationToken.ThrowIfCancellationRequested();
            var turn = await calls.GetTurnAsync(agent, new GetTurn(posted.TurnId), cancellationToken);
            if (turn.Value is { Status: TurnStatus.Paused })
                watcher.Agent.Pause(posted.TurnId);
            // A pause may be over by now: that of a repeat is in the log, and the turn goes on.
            if (end.IsCancellationRequested || turn.Value is not { Status: TurnStatus.Running or TurnStatus.Queued })
                return turn;
        }
    }

    // A reset hides whatever was trimmed, perhaps the end: the agent knows.
    private static async ValueTask<bool> HasStoppedAsync(Watcher watcher, string turn, CancellationToken cancellationToken)
    {
        while (true)
        {
            var batch = await watcher.PullAsync(cancellationToken);
            if (batch.IsEmpty)
                return false;
            if (batch.Reset is not null || batch.Events!.Any(next => next.EndedTurn == turn || next.PausedTurn == turn))
                return true;
        }
    }
}
