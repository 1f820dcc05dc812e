namespace AgentMesh.Sidecar.Actors.Timers;

/// <summary>
/// The timers of all actors, in memory. The ticks of one actor come one after the other, and a timer's next tick is waited for only when
/// the last has been answered. They stay when the actor is deactivated or moves: the next tick activates it again.
/// </summary>
internal sealed partial class ActorTimers(ActorRouter router, TimeProvider timeProvider, ILogger<ActorTimers> logger) : IAsyncDisposable
{
    /// <summary>Timers of one actor; daprd has no limit.</summary>
    public const int MaxPerActor = 10_000;

    /// <summary>The longest wait a timer of the runtime takes is 49 days; a longer one is waited for in parts.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<ActorRef, TimerQueue> _queues = [];
    private readonly CancellationTokenSource _stopping = new();
    private bool _stopped;

    /// <summary>Registers, in place of one of the same name. False: the actor has too many.</summary>
    public bool TryRegister(ActorRef actor, ActorTimer timer)
    {
        lock (_gate)
        {
            if (_stopped)
                return true;
            if (!_queues.TryGetValue(actor, out var queue))
                _queues.Add(actor, queue = new TimerQueue(actor));
            if (queue.Timers.Count >= MaxPerActor && !queue.Timers.ContainsKey(timer.Name))
                return false;
            queue.Timers[timer.Name] = timer;
            queue.Wake.TrySetResult();
            queue.Loop ??= Task.Run(() => RunAsync(queue));
            return true;
        }
    }

    public void Unregister(ActorRef actor, string name)
    {
        lock (_gate)
        {
            if (_queues.TryGetValue(actor, out var queue) && queue.Timers.Remove(name))
                queue.Wake.TrySetResult();
        }
    }

    /// <summary>How many timers each actor has.</summary>
    public IReadOnlyList<(ActorRef Actor, int Count)> Count()
    {
        lock (_gate)
            return [.. _queues.Values.Select(queue => (queue.Actor, queue.Timers.Count))];
    }

    public async ValueTask DisposeAsync()
    {
        Task[] loops;
        lock (_gate)
        {
            _stopped = true;
            loops = [.. _queues.Values.Select(queue => queue.Loop!)];
        }

        await _stopping.CancelAsync();
        await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task RunAsync(TimerQueue queue)
    {
        while (!_stopping.IsCancellationRequested)
        {
            ActorTimer? timer;
            Task wake;
            lock (_gate)
            {
                timer = queue.Timers.Values.MinBy(other => other.Due);
                if (timer is null)
                {
                    _queues.Remove(queue.Actor);
                    return;
                }

                if (queue.Wake.Task.IsCompleted)
                    queue.Wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wake = queue.Wake.Task;
            }

            var wait = timer.Due - timeProvider.GetUtcNow();
            if (wait > TimeSpan.Zero)
            {
                await wake.WaitAsync(wait < LongestWait ? wait : LongestWait, timeProvider, _stopping.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            var goesOn = !timer.IsExpired && await FireAsync(queue.Actor, timer) && timer.MoveNext();
            lock (_gate)
            {
                // Another one may have taken its name meanwhile.
                if (!goesOn && queue.Timers.GetValueOrDefault(timer.Name) == timer)
                    queue.Timers.Remove(timer.Name);
            }
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

    /// <summary>One actor's timers; guarded by the gate.</summary>
    private sealed class TimerQueue(ActorRef actor)
    {
        public ActorRef Actor { get; } = actor;

        public Dictionary<string, ActorTimer> Timers { get; } = new(StringComparer.Ordinal);

        public TaskCompletionSource Wake { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task? Loop { get; set; }
    }
}
