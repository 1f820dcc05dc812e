using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Mail;

/// <summary>
/// Requests to send of one agent have a pace, so that who sends without a pause slows nobody else: more than that wait their turn, refused ones too. It is the
/// process's own and forgotten with it; how many messages an agent sends is for the agent to say.
/// </summary>
/// <remarks>
/// Not a partitioned limiter of System.Threading.RateLimiting: that one looks at its partitions ten times a second and hands out whole tokens, so that 25 a
/// second would be 20 or 30.
/// </remarks>
internal sealed class MailPace(MailPaceOptions options, TimeProvider time) : IDisposable
{
    /// <summary>Served at once when the agent has sent nothing for a while.</summary>
    public const int Burst = 20;

    /// <summary>Requests of an agent that wait at most.</summary>
    public const int MaxWaiting = 100;

    /// <summary>What one request costs. A tick of time earns as many as are served in a second, so that no setting is rounded.</summary>
    private const long Price = TimeSpan.TicksPerSecond;

    private readonly int _perSecond = options.SendsPerSecond;
    private readonly long _start = time.GetTimestamp();
    private readonly Dictionary<AgentKey, Sender> _senders = [];
    private readonly Lock _lock = new();
    private readonly Reply<SentMail> _full = new(null, new Refusal(
        MailCodes.MailRateLimited, $"The agent has {MaxWaiting} requests to send waiting here; {options.SendsPerSecond} are served in a second (AgentMesh__Mail__SendsPerSecond)."))
    {
        RateLimit = new RateLimit(options.SendsPerSecond, 1, 0, (MaxWaiting + options.SendsPerSecond - 1) / options.SendsPerSecond),
    };

    /// <summary>Agents that have sent something lately.</summary>
    internal int Remembered
    {
        get
        {
            lock (_lock)
                return _senders.Count;
        }
    }

    /// <summary>Waits for the turn of a request of the agent.</summary>
    /// <param name="agent">The sender.</param>
    /// <param name="cancellationToken">Ends with the caller.</param>
    /// <returns>Null: it has come. Else what to answer.</returns>
    public ValueTask<Reply<SentMail>?> WaitAsync(AgentKey agent, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<Reply<SentMail>?>(cancellationToken);
        lock (_lock)
        {
            if (!_senders.TryGetValue(agent, out var sender))
                _senders.Add(agent, sender = new Sender(Now, time.CreateTimer(_ => WhenDue(agent), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan)));
            Earn(sender);
            if (sender.Waiting.Count >= MaxWaiting)
                return new(_full);
            var place = sender.Waiting.AddLast(new Turn());
            GoOn(agent, sender);
            if (place.List is not null)
                place.Value.Caller = cancellationToken.UnsafeRegister((_, token) => Leave(place, token), null);
            return new(place.Value.Task);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var sender in _senders.Values)
                sender.Dispose();
            _senders.Clear();
        }
    }

    private TimeSpan Now => time.GetElapsedTime(_start);

    private void Earn(Sender sender)
    {
        var now = Now;
        sender.Credit += (now - sender.At).Ticks * _perSecond;
        sender.At = now;
        Serve(sender);
        // Only now: a timer that comes late takes nothing from those that wait.
        sender.Credit = Math.Min(sender.Credit, Burst * Price);
    }

    private static void Serve(Sender sender)
    {
        while (sender.Credit >= Price && sender.Waiting.First is { } next)
        {
            sender.Credit -= Price;
            sender.Waiting.Remove(next);
            next.Value.Caller.Unregister();
            next.Value.SetResult(null);
        }
    }

    /// <summary>Serves whose turn it is, and looks again when the next one's is, or when there is nothing to remember.</summary>
    private void GoOn(AgentKey agent, Sender sender)
    {
        Serve(sender);
        var missing = (sender.Waiting.Count > 0 ? Price : Burst * Price) - sender.Credit;
        if (missing == 0)
        {
            _senders.Remove(agent);
            sender.Dispose();
            return;
        }

        // Timers count whole milliseconds, and one that is early would only be set again.
        sender.Timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling((double)missing / _perSecond / TimeSpan.TicksPerMillisecond)), Timeout.InfiniteTimeSpan);
    }

    private void WhenDue(AgentKey agent)
    {
        lock (_lock)
        {
            if (!_senders.TryGetValue(agent, out var sender))
                return;
            Earn(sender);
            GoOn(agent, sender);
        }
    }

    private void Leave(LinkedListNode<Turn> place, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            // Else its turn has come.
            if (place.List is { } waiting)
            {
                waiting.Remove(place);
                place.Value.SetCanceled(cancellationToken);
            }
        }
    }

    /// <summary>Of a request; null when it has come.</summary>
    private sealed class Turn() : TaskCompletionSource<Reply<SentMail>?>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public CancellationTokenRegistration Caller { get; set; }
    }

    private sealed class Sender(TimeSpan now, ITimer timer) : IDisposable
    {
        public LinkedList<Turn> Waiting { get; } = new();

        public long Credit { get; set; } = Burst * Price;

        /// <summary>Up to when it has earned its credit, since the process started.</summary>
        public TimeSpan At { get; set; } = now;

        public ITimer Timer { get; } = timer;

        public void Dispose()
        {
            Timer.Dispose();
            foreach (var one in Waiting)
                one.SetCanceled(CancellationToken.None);
            Waiting.Clear();
        }
    }
}
