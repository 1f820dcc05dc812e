using System.Collections.Immutable;
using System.Threading.Channels;
using AgentMesh.ActorHost.Agents;
using AgentMesh.ActorHost.Sweeping;
using AgentMesh.Agents.Events;
using AgentMesh.Contracts.Agents;
using Dapr.Actors.Client;

namespace AgentMesh.ActorHost.Publishing;

/// <summary>
/// Publishes what agents have committed. Agents hand their events over after the commit; what gathers in an interval goes out together. Memory is bounded:
/// what does not fit stays in the agents' logs, and is asked for when there is room again. What an agent has stored of how far its events are published
/// survives the process, so nothing is missed: at least once, with the same ids.
/// </summary>
internal sealed partial class EventPublisher : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly BulkPublish _bulk;
    private readonly EventOptions _options;
    private readonly IActorProxyFactory _proxies;
    private readonly TimeProvider _time;
    private readonly ILogger<EventPublisher> _logger;
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _lock = new();
    private readonly Queue<QueuedEvent> _queue = new();
    private readonly Queue<AgentFeed> _behind = new();

    /// <summary>What is being published; null: nothing is.</summary>
    private IReadOnlyList<QueuedEvent>? _sending;

    public EventPublisher(BulkPublish bulk, EventOptions options, IActorProxyFactory proxies, TimeProvider time, ILogger<EventPublisher> logger) =>
        (_bulk, _options, _proxies, _time, _logger) = (bulk, options, proxies, time, logger);

    /// <summary>Whether events are published at all.</summary>
    public bool IsEnabled => _options.Enabled;

    /// <summary>Takes what an agent has committed.</summary>
    /// <param name="feed">Its feed.</param>
    /// <param name="events">The next events; empty: they are in the log.</param>
    public void Take(AgentFeed feed, ImmutableArray<LoggedEvent> events)
    {
        lock (_lock)
        {
            if (!events.IsEmpty && events[0].Seq <= feed.Handed)
                SetBack(feed, events[0].Seq - 1);
            // A gap: another activation has written, or there was no room before. Numbers go out in their order, so the rest waits too.
            if (events.IsEmpty || feed.IsBehind || events[0].Seq != feed.Handed + 1 || !HasRoomFor(events.Length))
                FallBehind(feed);
            else
                Enqueue(feed, events);
        }

        _signal.Writer.TryWrite(true);
    }

    /// <summary>Takes what an agent has read from its log behind <see cref="AgentFeed.Handed"/>.</summary>
    /// <param name="feed">Its feed.</param>
    /// <param name="slice">What it has read; the first may be further on, when the log is trimmed.</param>
    public void Take(AgentFeed feed, EventSlice slice)
    {
        lock (_lock)
        {
            feed.IsBehind = false;
            if (!HasRoomFor(slice.Events.Length))
            {
                FallBehind(feed);
            }
            else
            {
                Enqueue(feed, slice.Events);
                if (feed.Handed < slice.Last)
                    FallBehind(feed);
            }
        }

        _signal.Writer.TryWrite(true);
    }

    /// <summary>An agent has been erased. Told once, and not at all when there is no room or the process dies now: nothing of the agent is left to tell it later.</summary>
    public void TakeErased(string agent, DateTimeOffset generation)
    {
        if (!IsEnabled)
            return;
        lock (_lock)
        {
            if (HasRoomFor(1))
                _queue.Enqueue(new QueuedEvent(new AgentFeed(agent, generation, 0), null, _time.GetUtcNow()));
        }

        _signal.Writer.TryWrite(true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await _signal.Reader.ReadAsync(stoppingToken);
                if (_options.IntervalMs > 0)
                    await Task.Delay(TimeSpan.FromMilliseconds(_options.IntervalMs), _time, stoppingToken);
                while (TakeBatch() is { Count: > 0 } batch)
                    await PublishAsync(batch, stoppingToken);
                await AskForMoreAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The last turns' events: one try. What is left, and all behind it, is published by the agents' reminders.
            for (var batch = _sending ?? TakeBatch(); batch.Count > 0 && (await _bulk.SendAsync(batch, CancellationToken.None)).Count == 0; batch = TakeBatch())
                Done(batch);
        }
    }

    private bool HasRoomFor(int events) => _queue.Count + events <= _options.QueueSize;

    private void Enqueue(AgentFeed feed, ImmutableArray<LoggedEvent> events)
    {
        foreach (var one in events)
            _queue.Enqueue(new QueuedEvent(feed, one));
        if (!events.IsEmpty)
            feed.Handed = events[^1].Seq;
    }

    private void FallBehind(AgentFeed feed)
    {
        if (feed.IsBehind)
            return;
        feed.IsBehind = true;
        _behind.Enqueue(feed);
    }

    // The store was set back behind our back: the same numbers come once more, for other events.
    private static void SetBack(AgentFeed feed, long seq) => (feed.Handed, feed.Published) = (seq, Math.Min(seq, feed.Published));

    private List<QueuedEvent> TakeBatch()
    {
        lock (_lock)
        {
            var batch = new List<QueuedEvent>(Math.Min(_options.BatchSize, _queue.Count));
            while (batch.Count < _options.BatchSize && _queue.TryDequeue(out var next))
                batch.Add(next);
            return batch;
        }
    }

    /// <summary>Until all of it is published: what comes later must not overtake it.</summary>
    private async Task PublishAsync(IReadOnlyList<QueuedEvent> batch, CancellationToken cancellationToken)
    {
        _sending = batch;
        var pause = FirstPause;
        for (var left = batch; (left = await _bulk.SendAsync(left, cancellationToken)).Count > 0;)
        {
            await Task.Delay(pause, _time, cancellationToken);
            pause = pause + pause < LongestPause ? pause + pause : LongestPause;
        }

        Done(batch);
        _sending = null;
    }

    private void Done(IReadOnlyList<QueuedEvent> batch)
    {
        lock (_lock)
        {
            foreach (var (feed, logged, _) in batch)
            {
                // In the order of the log, so what is before it is published too. Not so after a set back, which has lowered Handed.
                if (logged is not null && logged.Seq <= feed.Handed)
                    feed.Published = Math.Max(feed.Published, logged.Seq);
            }
        }
    }

    /// <summary>Has agents hand over what is only in their logs. One that is not reached now does it when its reminder comes.</summary>
    private async Task AskForMoreAsync(CancellationToken cancellationToken)
    {
        while (NextBehind() is { } feed)
        {
            try
            {
                var handed = await _proxies.AskOnceAsync<object, EventsHanded>(
                    _time, AgentActorType.Name, feed.Agent, nameof(IAgentPublishing.HandEvents), null, cancellationToken);
                if (handed.IsRefused)
                    LogRefused(feed.Agent, handed.Refusal.Code);
            }
            catch (Exception exception) when (SweepActors.IsFault(exception, cancellationToken))
            {
                LogUnreached(feed.Agent, exception.GetType().Name);
            }
        }
    }

    private AgentFeed? NextBehind()
    {
        lock (_lock)
        {
            // What was handed over goes out first, so that one long log does not fill the memory.
            if (_queue.Count > 0 || !_behind.TryDequeue(out var feed))
                return null;
            feed.IsBehind = false;
            return feed;
        }
    }

    [LoggerMessage(90, LogLevel.Warning, "Agent {AgentId} did not hand over its events ({RefusalCode}); they are published when its flush reminder comes")]
    private partial void LogRefused(string agentId, string refusalCode);

    [LoggerMessage(91, LogLevel.Warning, "Agent {AgentId} was not reached for its events ({ExceptionType}); they are published when its flush reminder comes")]
    private partial void LogUnreached(string agentId, string exceptionType);
}
