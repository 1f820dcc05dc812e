using System.Collections.Concurrent;
using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.State;
using StackExchange.Redis;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>
/// A consumer group of a stream. All readers of a group share one consumer name, the group's, as pubsub.redis does; what one of
/// them took and did not acknowledge in time is claimed by whoever looks next. While a reader lives its events are never late.
/// </summary>
internal sealed class RedisGroup(RedisBroker broker, string topic, string group, bool temporary, Pulse published) : IBrokerGroup
{
    /// <summary>
    /// For events of other programs. daprd blocks in XREADGROUP; on the shared connection of StackExchange.Redis that would stop
    /// everybody. What this sidecar publishes wakes the reader at once.
    /// </summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Claimed in one command.</summary>
    private const int MaxKept = 1000;

    /// <summary>Where XAUTOCLAIM begins, and what it answers when it has seen all.</summary>
    private static readonly RedisValue FromTheStart = "0-0";

    private readonly ConcurrentDictionary<string, bool> _underWay = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _taking = new(1);
    private RedisValue _claimFrom = FromTheStart;
    private Loop? _keeping;
    private long? _lastLook;

    /// <summary>Makes the group, from the stream's beginning; there may be one already. Call once, before all others.</summary>
    public async Task OpenAsync()
    {
        await CreateAsync();
        if (broker.Settings.ProcessingTimeout > TimeSpan.Zero)
            _keeping = Loop.Every(broker.Settings.ProcessingTimeout / 3, broker.TimeProvider, _ => KeepAsync());
    }

    private async Task CreateAsync() => await broker.GuardAsync(async () =>
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
        using var _ = await _taking.EnterAsync(cancellationToken);
        while (true)
        {
            var changed = published.Next;
            cancellationToken.ThrowIfCancellationRequested();
            var entries = await TakeNowAsync(max);
            if (entries.Length > 0)
                return [.. entries.Select(Take)];
            await changed.WaitAsync(PollInterval, broker.TimeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public async Task CompleteAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        try
        {
            await broker.GuardAsync(() => broker.Database.StreamAcknowledgeAsync(topic, group, [.. ids.Select(id => (RedisValue)id)]));
        }
        finally
        {
            // Also when it failed: then it is claimed again.
            foreach (var id in ids)
                _underWay.TryRemove(id, out _);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_keeping is not null)
            await _keeping.DisposeAsync();
        if (temporary)
            await broker.RemoveTemporaryAsync(topic, group);
        _taking.Dispose();
    }

    /// <summary>What is under way here is claimed by nobody else: it is claimed again by us, a third of the timeout apart.</summary>
    private async Task KeepAsync()
    {
        try
        {
            foreach (var ids in _underWay.Keys.Select(id => (RedisValue)id).Chunk(MaxKept))
                await broker.GuardAsync(() => broker.Database.StreamClaimIdsOnlyAsync(topic, group, group, 0, ids));
        }
        catch (StateStoreException)
        {
            // The readers say what is wrong with Redis; when it is back the next round comes in time.
        }
    }

    private BrokerDelivery Take(StreamEntry entry)
    {
        var id = entry.Id.ToString();
        _underWay[id] = true;
        return new BrokerDelivery(id, new BrokerMessage((byte[]?)entry["data"] ?? [], StoredMetadata.Read(entry["metadata"])));
    }

    private async Task<StreamEntry[]> TakeNowAsync(int max)
    {
        try
        {
            var claimed = await ClaimAsync(max);
            return claimed.Count > 0
                ? [.. claimed]
                : await broker.GuardAsync(() => broker.Database.StreamReadGroupAsync(topic, group, group, StreamPosition.NewMessages, max));
        }
        catch (StateStoreException lost) when (lost.InnerException is RedisServerException server && server.Message.StartsWith("NOGROUP", StringComparison.Ordinal))
        {
            // FLUSHALL, or a deleted stream.
            await CreateAsync();
            return [];
        }
    }

    /// <summary>
    /// Every <c>redeliverInterval</c>, and at the start: entries idle for <c>processingTimeout</c>, those under way here apart. Redis
    /// itself, since 7.0, acknowledges the ones whose message is gone.
    /// </summary>
    private async Task<List<StreamEntry>> ClaimAsync(int max)
    {
        var (timeout, interval) = (broker.Settings.ProcessingTimeout, broker.Settings.RedeliverInterval);
        if (timeout == TimeSpan.Zero || interval == TimeSpan.Zero || (_lastLook is { } last && broker.TimeProvider.GetElapsedTime(last) < interval))
            return [];
        while (true)
        {
            var look = await broker.GuardAsync(() => broker.Database.StreamAutoClaimAsync(
                topic, group, group, (long)timeout.TotalMilliseconds, _claimFrom, max));
            _claimFrom = look.NextStartId;
            var isOver = _claimFrom == FromTheStart;
            if (isOver)
                _lastLook = broker.TimeProvider.GetTimestamp();
            var claimed = look.ClaimedEntries.Where(entry => !entry.IsNull && !_underWay.ContainsKey(entry.Id.ToString())).ToList();
            if (isOver || claimed.Count > 0)
                return claimed;
        }
    }
}
