using System.Threading.Channels;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>
/// An app (or one process of it) as consumer of one component: a reader for each subscription, one bounded queue, and a fixed
/// number of workers over all topics, as pubsub.redis has them. No order is kept.
/// </summary>
internal sealed partial class Consumer : IAsyncDisposable
{
    private readonly Channel<TakenEvents> _queue;
    private readonly List<TopicReader> _readers;
    private readonly EventDelivery _delivery;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _reading = new();
    private readonly CancellationTokenSource _delivering = new();
    private readonly List<Task> _readLoops;
    private readonly List<Task> _workers;
    private bool _isClosed;

    public Consumer(PubSubSettings settings, IEnumerable<TopicReader> readers, EventDelivery delivery, ILogger logger)
    {
        _queue = System.Threading.Channels.Channel.CreateBounded<TakenEvents>(settings.QueueDepth);
        (_readers, _delivery, _logger) = ([.. readers], delivery, logger);
        _readLoops = [.. _readers.Select(ReadAsync)];
        _workers = [.. Enumerable.Range(0, settings.Concurrency).Select(_ => WorkAsync())];
    }

    /// <summary>Takes nothing more, lets the deliveries under way end until the token ends, and leaves the rest for the next run.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _reading.CancelAsync();
        _queue.Writer.TryComplete();
        await Task.WhenAll(_readLoops);
        try
        {
            await Task.WhenAll(_workers).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await _delivering.CancelAsync();
            await Task.WhenAll(_workers);
        }
    }

    /// <summary>Stops at once; deliveries under way stay pending.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isClosed)
            return;
        _isClosed = true;
        await _delivering.CancelAsync();
        await StopAsync(CancellationToken.None);
        foreach (var reader in _readers)
            await reader.CloseAsync();
        _reading.Dispose();
        _delivering.Dispose();
    }

    private async Task ReadAsync(TopicReader reader)
    {
        try
        {
            await reader.RunAsync(_queue.Writer, _reading.Token);
        }
        catch (Exception end) when (end is OperationCanceledException or ChannelClosedException)
        {
            // Stopping.
        }
    }

    private async Task WorkAsync()
    {
        await foreach (var taken in _queue.Reader.ReadAllAsync(CancellationToken.None))
        {
            // What waited in the queue when the stop came is for the next run.
            if (_reading.IsCancellationRequested)
                continue;
            try
            {
                await _delivery.DeliverAsync(taken.Reader.Subscription, taken.Events, _delivering.Token);
                await taken.Reader.CompleteAsync(taken.Events);
            }
            catch (OperationCanceledException) when (_delivering.IsCancellationRequested)
            {
                // Stays pending.
            }
            catch (Exception unexpected) // the edge of the worker: one event must not end the deliveries of all topics
            {
                LogFailed(taken.Reader.Subscription.PubSub, taken.Reader.Subscription.Topic, unexpected);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A delivery of {PubSub}/{Topic} broke down; the event stays pending.")]
    private partial void LogFailed(string pubSub, string topic, Exception exception);
}
