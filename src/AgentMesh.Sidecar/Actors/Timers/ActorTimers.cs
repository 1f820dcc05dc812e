using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Actors.Timers;

/// <summary>
/// The timers of all actors, in memory. A tick is a turn, so those of one actor come one after the other, and a timer's next tick is
/// waited for only when the last has been answered. They stay when the actor is deactivated or moves: the next tick activates it again.
/// </summary>
internal sealed partial class ActorTimers(ActorRouter router, TimeProvider timeProvider, ILogger<ActorTimers> logger) : IAsyncDisposable
{
    /// <summary>Timers of one actor; daprd has no limit.</summary>
    public const int MaxPerActor = 10_000;

    /// <summary>The longest wait a timer of the runtime takes is 49 days; a longer one is waited for in parts.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<ActorRef, Dictionary<string, ActorTimer>> _timers = [];
    private readonly WorkGate _loops = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Registers, in place of one of the same name. False: the actor has too many.</summary>
    public bool TryRegister(ActorRef actor, ActorTimer timer)
    {
        lock (_gate)
        {
            if (!_timers.TryGetValue(actor, out var timers))
                _timers.Add(actor, timers = new Dictionary<string, ActorTimer>(StringComparer.Ordinal));
            if (timers.Count >= MaxPerActor && !timers.ContainsKey(timer.Name))
                return false;
            timers.GetValueOrDefault(timer.Name)?.End();
            timers[timer.Name] = timer;
        }

        // Ends in RunAsync, which the stop waits for.
        if (_loops.TryBegin())
            _ = Task.Run(() => RunAsync(actor, timer));
        return true;
    }

    /// <summary>Ends the timer of this name, when it is the one given.</summary>
    public void Unregister(ActorRef actor, string name, ActorTimer? given = null)
    {
        lock (_gate)
        {
            if (!_timers.TryGetValue(actor, out var timers) || !timers.TryGetValue(name, out var timer) || (given ?? timer) != timer)
                return;
            timer.End();
            timers.Remove(name);
            if (timers.Count == 0)
                _timers.Remove(actor);
        }
    }

    /// <summary>How many timers each actor has.</summary>
    public IReadOnlyList<(ActorRef Actor, int Count)> Count()
    {
        lock (_gate)
            return [.. _timers.Select(entry => (entry.Key, entry.Value.Count))];
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loops.CloseAsync();
        _stopping.Dispose();
    }

    private async Task RunAsync(ActorRef actor, ActorTimer timer)
    {
        try
        {
            while (!_stopping.IsCancellationRequested && !timer.Ended.IsCompleted)
            {
                var wait = timer.Due - timeProvider.GetUtcNow();
                var limit = wait < LongestWait ? wait : LongestWait;
                if (wait > TimeSpan.Zero)
                    await timer.Ended.WaitAsync(limit, timeProvider, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                else if (timer.IsExpired || !await FireAsync(actor, timer) || !timer.MoveNext())
                    Unregister(actor, timer.Name, timer);
            }
        }
        finally
        {
            _loops.End();
        }
    }

    /// <summary>False: the app wants no more.</summary>
    private async Task<bool> FireAsync(ActorRef actor, ActorTimer timer)
    {
        try
        {
            var (outcome, error) = await router.RunTurnAsync(
                actor, (host, token) => ActorCallback.SendAsync(host, actor, "timer", timer.Name, timer.Body, token), _stopping.Token);
            if (error is not null || outcome == CallbackOutcome.Failed)
                LogTickFailed(actor.Type);
            return error is not null || outcome != CallbackOutcome.Canceled;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "A tick of a timer of an actor of type {ActorType} failed; the timer goes on")]
    private partial void LogTickFailed(string actorType);
}
