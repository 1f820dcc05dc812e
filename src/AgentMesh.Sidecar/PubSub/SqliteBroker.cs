using System.Collections.Concurrent;
using System.Globalization;
using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>
/// The topics of one component in the embedded store. Every change goes through the store's one writer, so a published event and the
/// state of an actor share an fsync. One sidecar has the store, so a wait for events is a signal and needs no poll.
/// </summary>
internal sealed class SqliteBroker(SqliteStateStore store, PubSubSettings settings, TimeProvider timeProvider) : IBroker
{
    /// <summary>An app that was not started for this long has left.</summary>
    private static readonly TimeSpan KeepConsumer = TimeSpan.FromDays(30);

    private static readonly TimeSpan TrimInterval = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Pulse> _published = new(StringComparer.Ordinal);
    private Loop? _trimming;

    /// <summary>Opens the component's topics and forgets the groups that nobody can come back to.</summary>
    public static async Task<SqliteBroker> OpenAsync(
        SqliteStateStore store, PubSubSettings settings, ILogger<SqliteBroker> logger, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var broker = new SqliteBroker(store, settings, timeProvider);
        // The store is locked by this process: whoever had a temporary group is dead.
        var seenBefore = broker.Now - (long)KeepConsumer.TotalMilliseconds;
        await broker.WriteAsync(database => SqliteEvents.RemoveDeadConsumers(database, settings.Name, seenBefore), cancellationToken);
        broker._trimming = Housekeeping.Start(settings.Name, TrimInterval, broker.TrimAsync, logger, timeProvider);
        return broker;
    }

    /// <inheritdoc/>
    public async Task PublishAsync(string topic, BrokerMessage message, CancellationToken cancellationToken)
    {
        await AppendAsync(topic, [message], cancellationToken);
        PulseOf(topic).Send();
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string?>> PublishAsync(string topic, IReadOnlyList<BrokerMessage> messages, CancellationToken cancellationToken)
    {
        var failures = new string?[messages.Count];
        try
        {
            // One transaction: all are kept, or none.
            await AppendAsync(topic, messages, cancellationToken);
            PulseOf(topic).Send();
        }
        catch (StateStoreException failure)
        {
            Array.Fill(failures, failure.Message);
        }

        return failures;
    }

    /// <inheritdoc/>
    public async Task<IBrokerGroup> OpenGroupAsync(string topic, string group, bool temporary, CancellationToken cancellationToken)
    {
        var (consumer, now) = (0L, Now);
        await WriteAsync(database => consumer = SqliteEvents.OpenConsumer(database, settings.Name, topic, group, temporary, now), cancellationToken);
        return new Group(this, consumer, temporary, PulseOf(topic));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<GroupBacklog>> BacklogAsync(IReadOnlyList<string> topics, CancellationToken cancellationToken) =>
        await store.ReadAsync(database => SqliteEvents.Backlog(database, settings.Name), cancellationToken);

    /// <summary>Removes what nobody needs any more; also runs by itself.</summary>
    public async Task TrimAsync(CancellationToken cancellationToken)
    {
        foreach (var trim in SqliteTrim.Of(settings, timeProvider.GetUtcNow()))
        {
            var rows = SqliteTrim.MaxRows;
            while (rows == SqliteTrim.MaxRows)
                await WriteAsync(database => rows = trim.Apply(database), cancellationToken);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _trimming?.DisposeAsync() ?? ValueTask.CompletedTask;

    private long Now => timeProvider.GetUtcNow().ToUnixTimeMilliseconds();

    private Task AppendAsync(string topic, IReadOnlyList<BrokerMessage> messages, CancellationToken cancellationToken)
    {
        var metadata = messages.Select(message => message.Metadata is null ? "" : StoredMetadata.Write(message.Metadata)).ToArray();
        var now = Now;
        return WriteAsync(
            database =>
            {
                for (var i = 0; i < messages.Count; i++)
                    SqliteEvents.Append(database, settings.Name, topic, messages[i].Data, metadata[i], now);
            },
            cancellationToken, messages.Zip(metadata).Sum(message => (long)topic.Length + message.First.Data.Length + message.Second.Length));
    }

    private Pulse PulseOf(string topic) => _published.GetOrAdd(topic, _ => new Pulse());

    private Task WriteAsync(Action<SqliteDatabase> apply, CancellationToken cancellationToken, long bytes = 0) =>
        store.WriteAsync(new SqliteWrite(apply, bytes, cancellationToken), cancellationToken);

    private sealed class Group(SqliteBroker broker, long consumer, bool temporary, Pulse published) : IBrokerGroup
    {
        private readonly SemaphoreSlim _taking = new(1);
        private long? _recoveredTo = 0; // null: everything that was left pending is taken

        public async Task<IReadOnlyList<BrokerDelivery>> TakeAsync(int max, CancellationToken cancellationToken)
        {
            using var _ = await _taking.EnterAsync(cancellationToken);
            while (true)
            {
                var changed = published.Next;
                IReadOnlyList<BrokerDelivery> taken = [];
                // The token ends waiting only: a take whose outcome is unknown would leave its events pending until a restart.
                cancellationToken.ThrowIfCancellationRequested();
                var from = _recoveredTo;
                await broker.WriteAsync(database => taken = SqliteEvents.Take(database, consumer, from, max), CancellationToken.None);
                if (from is not null)
                    _recoveredTo = taken.Count == 0 ? null : long.Parse(taken[^1].Id, CultureInfo.InvariantCulture);
                if (taken.Count > 0)
                    return taken;
                if (from is null)
                    await changed.WaitAsync(cancellationToken);
            }
        }

        public Task CompleteAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
            broker.WriteAsync(database => SqliteEvents.Complete(database, consumer, ids), cancellationToken);

        public async ValueTask DisposeAsync()
        {
            if (temporary)
                await broker.WriteAsync(database => SqliteEvents.RemoveConsumer(database, consumer), CancellationToken.None);
            _taking.Dispose();
        }
    }
}
