using System.Threading.Channels;
using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>Events taken together for one subscription: one, or a batch.</summary>
internal sealed record TakenEvents(TopicReader Reader, IReadOnlyList<BrokerDelivery> Events);

/// <summary>Takes the events of one subscription from its group and queues them, while the app has a healthy process.</summary>
internal sealed partial class TopicReader(
    Subscription subscription, PubSubSettings settings, IBroker broker, DeliveryTargets targets, TimeProvider timeProvider, ILogger logger)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private IBrokerGroup? _group;
    private bool _isFailing;

    public Subscription Subscription => subscription;

    /// <summary>Runs until the token ends.</summary>
    public async Task RunAsync(ChannelWriter<TakenEvents> queue, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var group = await OpenAsync(cancellationToken);
                await TakeAsync(group, queue, cancellationToken);
            }
            catch (StateStoreException failure)
            {
                // Once for an outage, not once a second.
                if (!_isFailing)
                    LogFailing(settings.Name, subscription.Topic, failure);
                _isFailing = true;
                await Task.Delay(RetryDelay, timeProvider, cancellationToken);
            }
        }
    }

    /// <summary>These are done. A store that fails leaves them pending: they are delivered again some time.</summary>
    public Task CompleteAsync(IReadOnlyList<BrokerDelivery> events) =>
        EndAsync(() => _group!.CompleteAsync([.. events.Select(item => item.Id)], CancellationToken.None));

    /// <summary>Lets the group go; all its deliveries have ended.</summary>
    public Task CloseAsync() => EndAsync(() => _group?.DisposeAsync().AsTask() ?? Task.CompletedTask);

    private async Task EndAsync(Func<Task> end)
    {
        try
        {
            await end();
        }
        catch (StateStoreException failure)
        {
            LogNotCompleted(settings.Name, subscription.Topic, failure);
        }
    }

    private async Task<IBrokerGroup> OpenAsync(CancellationToken cancellationToken) =>
        _group ??= await broker.OpenGroupAsync(subscription.Topic, settings.ConsumerId, settings.IsPerProcess, cancellationToken);

    private async Task TakeAsync(IBrokerGroup group, ChannelWriter<TakenEvents> queue, CancellationToken cancellationToken)
    {
        while (true)
        {
            // What is taken is kept from other sidecars of the group, so nothing is taken for nobody.
            await targets.WaitAsync(cancellationToken);
            if (!await queue.WaitToWriteAsync(cancellationToken))
                return;
            var taken = await group.TakeAsync(subscription.Bulk?.MaxMessagesCount ?? settings.QueueDepth, cancellationToken);
            _isFailing = false;
            if (subscription.Bulk is { } bulk)
            {
                await queue.WriteAsync(new TakenEvents(this, await FillAsync(group, taken, bulk, cancellationToken)), cancellationToken);
                continue;
            }

            foreach (var item in taken)
                await queue.WriteAsync(new TakenEvents(this, [item]), cancellationToken);
        }
    }

    private async Task<IReadOnlyList<BrokerDelivery>> FillAsync(
        IBrokerGroup group, IReadOnlyList<BrokerDelivery> taken, BulkSubscribe bulk, CancellationToken cancellationToken)
    {
        var batch = taken.ToList();
        using var limit = new CancellationTokenSource(bulk.MaxAwaitDuration, timeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            while (batch.Count < bulk.MaxMessagesCount)
                batch.AddRange(await group.TakeAsync(bulk.MaxMessagesCount - batch.Count, both.Token));
        }
        catch (Exception end) when (end is StateStoreException || (end is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Time is up, or the store failed: what there is goes. It is taken already, and nobody would bring it again.
        }

        return batch;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The events of {PubSub}/{Topic} cannot be read; it is tried every second.")]
    private partial void LogFailing(string pubSub, string topic, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Events of {PubSub}/{Topic} were delivered and could not be marked so; they will be delivered again.")]
    private partial void LogNotCompleted(string pubSub, string topic, Exception exception);
}
