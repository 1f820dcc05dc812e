using System.Collections.Concurrent;
using StackExchange.Redis;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>
/// A consumer group of a stream. All readers of a group share one consumer name, the group's, as pubsub.redis does; what one of
/// them took and did not acknowledge in time is claimed by whoever looks next.
/// </summary>
internal sealed class RedisGroup(RedisBroker broker, string topic, string group, bool temporary, Pulse published) : IBrokerGroup
{
    /// <summary>
    /// For events of other programs. daprd blocks in XREADGROUP; on the shared connection of StackExchange.Redis that would stop
    /// everybody. What this sidecar publishes wakes the reader at once.
    /// </summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<string, bool> _underWay = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _taking = new(1);
    private long? _lastLook;

    /// <summary>Makes the group, from the stream's beginning; there may be one already.</summary>
    public async Task CreateAsync() => await broker.GuardAsync(async () =>
    {
        try
        {
            return await broker.Database.StreamCreateConsumerGroupAsync(topic, group, StreamPosition.Beginning, createStream: true);
        }
        catch (RedisServerException exists) when (exists.Message.StartsWith("BUSYGROUP", StringComparison.Ordinal))
        {
            return true;
        }
    });

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BrokerDelivery>> TakeAsync(int max, CancellationToken cancellationToken)
    {
        await _taking.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                var changed = published.Next;
                cancellationToken.ThrowIfCancellationRequested();
                var entries = await ClaimAsync(max);
                if (entries.Length == 0)
                    entries = await ReadAsync(max);
                if (entries.Length > 0)
                    return [.. entries.Select(Take)];
                await WaitAsync(changed, cancellationToken);
            }
        }
        finally
        {
            _taking.Release();
        }
    }

    /// <inheritdoc/>
    public async Task CompleteAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        await broker.GuardAsync(() => broker.Database.StreamAcknowledgeAsync(topic, group, [.. ids.Select(id => (RedisValue)id)]));
        foreach (var id in ids)
            _underWay.TryRemove(id, out _);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (temporary)
            await broker.RemoveTemporaryAsync(topic, group);
        _taking.Dispose();
    }

    private async Task WaitAsync(Task changed, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(changed, Task.Delay(PollInterval, broker.TimeProvider, enough.Token));
        await enough.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private BrokerDelivery Take(StreamEntry entry)
    {
        var id = entry.Id.ToString();
        _underWay[id] = true;
        byte[] data = [];
        string? metadata = null;
        foreach (var field in entry.Values)
        {
            if (field.Name == "data")
                data = (byte[]?)field.Value ?? [];
            else if (field.Name == "metadata")
                metadata = field.Value;
        }

        return new BrokerDelivery(id, new BrokerMessage(data, StoredMetadata.Read(metadata)));
    }

    private Task<StreamEntry[]> ReadAsync(int max) => GuardGroupAsync(() => broker.Database.StreamReadGroupAsync(topic, group, group, StreamPosition.NewMessages, max));

    /// <summary>Every <c>redeliverInterval</c>, and at the start: entries idle for <c>processingTimeout</c>, those under way here apart.</summary>
    private async Task<StreamEntry[]> ClaimAsync(int max)
    {
        var (timeout, interval) = (broker.Settings.ProcessingTimeout, broker.Settings.RedeliverInterval);
        if (timeout == TimeSpan.Zero || interval == TimeSpan.Zero)
            return [];
        if (_lastLook is { } last && broker.TimeProvider.GetElapsedTime(last) < interval)
            return [];
        var idle = (long)timeout.TotalMilliseconds;
        // Our own of the first page may hide others: they count on top.
        var pending = await GuardGroupAsync(() => broker.Database.StreamPendingMessagesAsync(
            topic, group, max + _underWay.Count, RedisValue.Null, minIdleTimeInMs: idle));
        var ids = pending.Select(entry => entry.MessageId).Where(id => !_underWay.ContainsKey(id.ToString())).Take(max).ToArray();
        if (ids.Length < max)
            _lastLook = broker.TimeProvider.GetTimestamp();
        if (ids.Length == 0)
            return [];
        var claimed = (await GuardGroupAsync(() => broker.Database.StreamClaimAsync(topic, group, group, idle, ids))).Where(entry => !entry.IsNull).ToArray();
        foreach (var id in ids.Except(claimed.Select(entry => entry.Id)))
            await AcknowledgeGoneAsync(id);
        return claimed;
    }

    // Another sidecar may have claimed it in between; only an entry whose message is gone is acknowledged.
    private Task<long> AcknowledgeGoneAsync(RedisValue id) => broker.GuardAsync(async () =>
        (await broker.Database.StreamRangeAsync(topic, id, id)).Length > 0 ? 0 : await broker.Database.StreamAcknowledgeAsync(topic, group, id));

    // A lost group (FLUSHALL, a deleted stream) is made again.
    private async Task<T[]> GuardGroupAsync<T>(Func<Task<T[]>> command)
    {
        try
        {
            return await broker.GuardAsync(command);
        }
        catch (State.StateStoreException failure) when (failure.InnerException is RedisServerException server && server.Message.StartsWith("NOGROUP", StringComparison.Ordinal))
        {
            await CreateAsync();
            return [];
        }
    }
}
