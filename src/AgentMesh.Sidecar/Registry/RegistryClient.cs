using System.Text.Json;
using AgentMesh.Sidecar.State;
using StackExchange.Redis;

namespace AgentMesh.Sidecar.Registry;

/// <summary>The list of members in Redis, for one namespace. Its failures are <see cref="StateStoreException"/>.</summary>
internal sealed class RegistryClient : IAsyncDisposable
{
    /// <summary>A lease has to be renewed in time: a call that takes longer is as good as lost.</summary>
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(1);

    private readonly ConnectionMultiplexer _connection;
    private readonly IDatabase _database;
    private readonly RedisStoreOptions _options;
    private readonly RedisKey[] _keys;

    private RegistryClient(RedisStoreOptions options, ConnectionMultiplexer connection, string namespaceName)
    {
        (_options, _connection, _database) = (options, connection, connection.GetDatabase(options.Database));
        var prefix = $"agentmesh:registry:{namespaceName}";
        _keys = [$"{prefix}:members", $"{prefix}:records", $"{prefix}:acknowledged", $"{prefix}:epoch"];
    }

    /// <summary>The sorted set of members: a write whose member is not in it comes too late.</summary>
    public string Members => _keys[0].ToString();

    /// <summary>Connects on a connection of its own, so that a heartbeat does not wait behind somebody's large value.</summary>
    public static Task<RegistryClient> ConnectAsync(RedisStoreOptions options, string namespaceName, CancellationToken cancellationToken) =>
        RedisConnection.OpenAsync(
            options, connection => Task.FromResult(new RegistryClient(options, connection, namespaceName)), failure => Unreachable(options, failure), cancellationToken);

    /// <summary>Calls back after changes, as far as Redis tells.</summary>
    public async Task SubscribeAsync(Action changed)
    {
        try
        {
            // The channel belongs to no database: members of another one are woken for nothing.
            await _connection.GetSubscriber().SubscribeAsync(RedisChannel.Literal(_keys[3].ToString()), (_, _) => changed());
        }
        catch (Exception failure) when (RedisConnection.IsFault(failure))
        {
            throw Unreachable(_options, failure);
        }
    }

    /// <summary>One step of <see cref="RegistryScript"/>.</summary>
    /// <param name="verb">What.</param>
    /// <param name="member">For whom; null: an observer.</param>
    /// <param name="acknowledged">The epoch up to which it has left what it lost.</param>
    /// <param name="cancellationToken">Withdraws; it may have happened all the same.</param>
    public async Task<RegistryState> RunAsync(string verb, Member? member, long acknowledged, CancellationToken cancellationToken)
    {
        RedisValue[] arguments =
        [
            verb, member?.Id ?? "", acknowledged, (long)MemberLease.Duration.TotalMilliseconds,
            member is null ? "" : JsonSerializer.SerializeToUtf8Bytes(member, RegistryJson.Default.Member), member?.Instance ?? "",
        ];
        try
        {
            return Read((RedisResult[])(await _database.ScriptEvaluateAsync(RegistryScript.Text, _keys, arguments).WaitAsync(CallTimeout, cancellationToken))!);
        }
        catch (Exception failure) when (RedisConnection.IsFault(failure))
        {
            throw Unreachable(_options, failure);
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static RegistryState Read(RedisResult[] answer) => new((long)answer[0],
    [
        .. answer.Skip(1).Chunk(3).Select(part => new MemberState(
            JsonSerializer.Deserialize((byte[])part[0]!, RegistryJson.Default.Member)!, (long)part[1], TimeSpan.FromMilliseconds((long)part[2]))),
    ]);

    private static StateStoreException Unreachable(RedisStoreOptions options, Exception failure) =>
        new($"the registry in the Redis at {options.Address} failed: {failure.Message}", failure);
}
