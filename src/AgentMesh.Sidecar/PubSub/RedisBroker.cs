using System.Collections.Concurrent;
using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.State;
using StackExchange.Redis;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>Topics as Redis streams, with the fields and groups of pubsub.redis, so that daprd may be at the other end (contrib: pubsub/redis/redis.go).</summary>
internal sealed class RedisBroker(PubSubSettings settings, ConnectionMultiplexer connection, TimeProvider timeProvider) : IBroker
{
    /// <summary>Temporary groups (member: topic, line feed, group) and when their sidecar was last seen, Unix seconds. Ours alone.</summary>
    private const string TemporaryGroups = "agentmesh-temporary-groups";

    /// <summary>A sidecar not seen for this long is dead, and its temporary groups go.</summary>
    private static readonly TimeSpan KeepTemporary = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan SeenInterval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Pulse> _published = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _temporary = new(StringComparer.Ordinal);
    private Loop? _sweeping;

    public PubSubSettings Settings => settings;

    public IDatabase Database { get; } = connection.GetDatabase(settings.Redis!.Database);

    public TimeProvider TimeProvider => timeProvider;

    /// <summary>Connects, and removes temporary groups whose sidecar is dead.</summary>
    /// <exception cref="StateStoreException">Redis was not reached.</exception>
    public static Task<RedisBroker> ConnectAsync(
        PubSubSettings settings, ILogger<RedisBroker> logger, TimeProvider timeProvider, CancellationToken cancellationToken) =>
        RedisConnection.OpenAsync(
            settings.Redis!,
            async connection =>
            {
                var broker = new RedisBroker(settings, connection, timeProvider);
                await broker.SweepAsync();
                broker._sweeping = Housekeeping.Start(settings.Name, SeenInterval, _ => broker.GuardAsync(broker.SweepAsync), logger, timeProvider);
                return broker;
            },
            $"Redis at {settings.Redis!.Address} cannot be used for {settings.Name}",
            cancellationToken);

    /// <inheritdoc/>
    public async Task PublishAsync(string topic, BrokerMessage message, CancellationToken cancellationToken)
    {
        var arguments = new List<object> { (RedisKey)topic };
        if (settings.MaxLenApprox is { } length)
            arguments.AddRange(["MAXLEN", "~", length]);
        else if (settings.StreamTtl is { } life)
            arguments.AddRange(["MINID", "~", $"{(timeProvider.GetUtcNow() - life).ToUnixTimeMilliseconds()}-1"]);
        arguments.AddRange(["*", "data", message.Data]);
        if (message.Metadata is { } metadata)
            arguments.AddRange(["metadata", StoredMetadata.Write(metadata)]);
        await GuardAsync(() => Database.ExecuteAsync("XADD", arguments).WaitAsync(cancellationToken));
        PulseOf(topic).Send();
    }

    /// <inheritdoc/>
    public async Task<IBrokerGroup> OpenGroupAsync(string topic, string group, bool temporary, CancellationToken cancellationToken)
    {
        if (temporary)
        {
            _temporary[$"{topic}\n{group}"] = true;
            await GuardAsync(() => Database.SortedSetAddAsync(TemporaryGroups, $"{topic}\n{group}", Now));
        }

        var reader = new RedisGroup(this, topic, group, temporary, PulseOf(topic));
        await reader.OpenAsync();
        return reader;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<GroupBacklog>> BacklogAsync(IReadOnlyList<string> topics, CancellationToken cancellationToken)
    {
        var backlogs = new List<GroupBacklog>();
        foreach (var topic in topics.Take(GroupBacklog.MaxGroups))
        {
            if (!await GuardAsync(() => Database.KeyExistsAsync(topic).WaitAsync(cancellationToken)))
                continue;
            var groups = await GuardAsync(() => Database.StreamGroupInfoAsync(topic).WaitAsync(cancellationToken));
            backlogs.AddRange(groups.Take(GroupBacklog.MaxGroups - backlogs.Count)
                .Select(group => new GroupBacklog(settings.Name, topic, group.Name, group.Lag, group.PendingMessageCount)));
        }

        return backlogs;
    }

    /// <summary>Forgets a temporary group of our own.</summary>
    public async Task RemoveTemporaryAsync(string topic, string group)
    {
        _temporary.TryRemove($"{topic}\n{group}", out _);
        await GuardAsync(() => DestroyAsync($"{topic}\n{group}"));
    }

    /// <summary>Runs a command; its failures become <see cref="StateStoreException"/>.</summary>
    public Task<T> GuardAsync<T>(Func<Task<T>> command) =>
        RedisConnection.CallAsync(command, $"Redis at {settings.Redis!.Address} failed", CancellationToken.None);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_sweeping is not null)
            await _sweeping.DisposeAsync();
        await connection.DisposeAsync();
    }

    private double Now => timeProvider.GetUtcNow().ToUnixTimeSeconds();

    private Pulse PulseOf(string topic) => _published.GetOrAdd(topic, _ => new Pulse());

    private async Task<int> SweepAsync()
    {
        foreach (var member in _temporary.Keys)
            await Database.SortedSetAddAsync(TemporaryGroups, member, Now);
        var dead = await Database.SortedSetRangeByScoreAsync(TemporaryGroups, stop: Now - KeepTemporary.TotalSeconds);
        foreach (var member in dead)
            await DestroyAsync(member.ToString());
        return dead.Length;
    }

    private async Task<bool> DestroyAsync(string member)
    {
        var end = member.IndexOf('\n', StringComparison.Ordinal);
        try
        {
            await Database.StreamDeleteConsumerGroupAsync(member[..end], member[(end + 1)..]);
        }
        catch (RedisServerException)
        {
            // The stream is gone, and the group with it.
        }

        return await Database.SortedSetRemoveAsync(TemporaryGroups, member);
    }
}
