using System.Collections.Concurrent;
using System.Globalization;
using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>
/// The topics of one component in the embedded store. Every change goes through the store's one writer, so a published event and the
/// state of an actor share an fsync. One sidecar has the store, so a wait for events is a signal and needs no poll.
/// </summary>
internal sealed class SqliteBroker : IBroker
{
    /// <summary>An app that was not started for this long has left.</summary>
    private static readonly TimeSpan KeepConsumer = TimeSpan.FromDays(30);

    private readonly SqliteStateStore _store;
    private readonly SqliteTrim _trim;
    private readonly string _pubSub;
    private readonly TimeProvider _timeProvider;
    private readonly ConcurrentDictionary<string, Pulse> _published = new(StringComparer.Ordinal);

    private SqliteBroker(SqliteStateStore store, PubSubSettings settings, ILogger logger, TimeProvider timeProvider)
    {
        (_store, _pubSub, _timeProvider) = (store, settings.Name, timeProvider);
        _trim = new SqliteTrim(store, settings, logger, timeProvider);
    }

    /// <summary>Opens the component's topics and forgets the groups that nobody can come back to.</summary>
    public static async Task<SqliteBroker> OpenAsync(
        SqliteStateStore store, PubSubSettings settings, ILogger<SqliteBroker> logger, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var broker = new SqliteBroker(store, settings, logger, timeProvider);
        // The store is locked by this process: whoever had a temporary group is dead.
        var seenBefore = (timeProvider.GetUtcNow() - KeepConsumer).ToUnixTimeMilliseconds();
        await store.WriteAsync(
            new SqliteWrite(database => SqliteEvents.RemoveDeadConsumers(database, settings.Name, seenBefore), 0, cancellationToken), cancellationToken);
        broker._trim.Start();
        return broker;
    }

    /// <inheritdoc/>
    public async Task PublishAsync(string topic, BrokerMessage message, CancellationToken cancellationToken)
    {
        var metadata = message.Metadata is null ? "" : StoredMetadata.Write(message.Metadata);
        var now = _timeProvider.GetUtcNow().ToUnixTimeMilliseconds();
        await _store.WriteAsync(
            new SqliteWrite(
                database => SqliteEvents.Append(database, _pubSub, topic, message.Data, metadata, now),
                topic.Length + message.Data.Length + metadata.Length, cancellationToken),
            cancellationToken);
        PulseOf(topic).Send();
    }

    /// <inheritdoc/>
    public async Task<IBrokerGroup> OpenGroupAsync(string topic, string group, bool temporary, CancellationToken cancellationToken)
    {
        var consumer = 0L;
        var now = _timeProvider.GetUtcNow().ToUnixTimeMilliseconds();
        await _store.WriteAsync(
            new SqliteWrite(database => consumer = SqliteEvents.OpenConsumer(database, _pubSub, topic, group, temporary, now), 0, cancellationToken),
            cancellationToken);
        return new Group(this, consumer, temporary, PulseOf(topic));
    }

    /// <summary>Removes what nobody needs any more; also runs by itself.</summary>
    public Task TrimAsync(CancellationToken cancellationToken) => _trim.RunAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _trim.DisposeAsync();

    private Pulse PulseOf(string topic) => _published.GetOrAdd(topic, _ => new Pulse());

    private sealed class Group(SqliteBroker broker, long consumer, bool temporary, Pulse published) : IBrokerGroup
    {
        private readonly SemaphoreSlim _taking = new(1);
        private long? _recoveredTo = 0; // null: everything that was left pending is taken

        public async Task<IReadOnlyList<BrokerDelivery>> TakeAsync(int max, CancellationToken cancellationToken)
        {
            await _taking.WaitAsync(cancellationToken);
            try
            {
                while (true)
                {
                    var changed = published.Next;
                    var taken = new List<BrokerDelivery>();
                    // The token ends waiting only: a take whose outcome is unknown would leave its events pending until a restart.
                    cancellationToken.ThrowIfCancellationRequested();
                    var from = _recoveredTo;
                    await broker._store.WriteAsync(
                        new SqliteWrite(database => SqliteEvents.Take(database, consumer, from, max, taken), 0, CancellationToken.None), CancellationToken.None);
                    if (from is not null)
                        _recoveredTo = taken.Count == 0 ? null : long.Parse(taken[^1].Id, CultureInfo.InvariantCulture);
                    if (taken.Count > 0)
                        return taken;
                    if (from is null)
                        await changed.WaitAsync(cancellationToken);
                }
            }
            finally
            {
                _taking.Release();
            }
        }

        public Task CompleteAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) => broker._store.WriteAsync(
            new SqliteWrite(database => SqliteEvents.Complete(database, consumer, ids), 0, cancellationToken), cancellationToken);

        public async ValueTask DisposeAsync()
        {
            if (temporary)
            {
                await broker._store.WriteAsync(
                    new SqliteWrite(database => SqliteEvents.RemoveConsumer(database, consumer), 0, CancellationToken.None), CancellationToken.None);
            }

            _taking.Dispose();
        }
    }
}
