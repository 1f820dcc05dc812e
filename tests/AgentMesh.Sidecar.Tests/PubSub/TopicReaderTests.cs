using AgentMesh.Sidecar.Channel;
using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.Tests.PubSub;

public sealed class TopicReaderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Cause: the events taken before the failure stayed pending until the next start.</summary>
    [Fact]
    public async Task StoreThatFailsWhileABatchFills_TheBatchGoesAsItIs()
    {
        var settings = new PubSubSettings("pubsub") { ConsumerId = "app" };
        var app = PubSubMesh.Define("app", 1, settings);
        using var channel = new AppChannel(app, null);
        var hosts = new HostDirectory();
        await hosts.AddAsync(new AppConnection(app, channel, []), TestContext.Current.CancellationToken);
        var subscription = new Subscription("pubsub", "t") { Bulk = new BulkSubscribe(10, TimeSpan.FromMinutes(10)) };
        await using var broker = new FailingBroker();
        var reader = new TopicReader(
            subscription, settings, broker, new DeliveryTargets(hosts, _ => true, TimeProvider.System), TimeProvider.System, new LogList<TopicReader>());
        var queue = System.Threading.Channels.Channel.CreateBounded<TakenEvents>(1);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var reading = reader.RunAsync(queue.Writer, stop.Token);
        Assert.Equal("1", Assert.Single((await queue.Reader.ReadAsync(Token)).Events).Id);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    /// <summary>Gives one event, fails, and then has nothing.</summary>
    private sealed class FailingBroker : IBroker, IBrokerGroup
    {
        private int _takes;

        public Task<IReadOnlyList<BrokerDelivery>> TakeAsync(int max, CancellationToken cancellationToken) => ++_takes switch
        {
            1 => Task.FromResult<IReadOnlyList<BrokerDelivery>>([new BrokerDelivery("1", new BrokerMessage([], null))]),
            2 => throw new StateStoreException("The disk is gone."),
            _ => Never(cancellationToken),
        };

        public Task<IBrokerGroup> OpenGroupAsync(string topic, string group, bool temporary, CancellationToken cancellationToken) => Task.FromResult<IBrokerGroup>(this);

        public Task PublishAsync(string topic, BrokerMessage message, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<GroupBacklog>> BacklogAsync(IReadOnlyList<string> topics, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task CompleteAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private static async Task<IReadOnlyList<BrokerDelivery>> Never(CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return [];
        }
    }
}
