using System.Text.Json;
using AgentMesh.Sidecar.State;
using StackExchange.Redis;

namespace AgentMesh.Sidecar.Registry;

/// <summary>The list of members in Redis, for one namespace. Its failures are <see cref="StateStoreException"/>.</summary>
internal sealed class RegistryClient(RedisStoreOptions options, ConnectionMultiplexer connection, string namespaceName) : IAsyncDisposable
{
    /// <summary>A lease has to be renewed in time: a call that takes longer is as good as lost.</summary>
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(1);

    private readonly IDatabase _database = connection.GetDatabase(options.Database);
    private readonly RedisKey[] _keys =
        [.. ((string[])["members", "records", "acknowledged", "epoch"]).Select(key => (RedisKey)$"agentmesh:registry:{namespaceName}:{key}")];

    /// <summary>The sorted set of members: a write whose member is not in it comes too late.</summary>
    public string Members => _keys[0].ToString();

    /// <summary>Connects on a connection of its own, so that a heartbeat does not wait behind somebody's large value.</summary>
    public static Task<RegistryClient> ConnectAsync(RedisStoreOptions options, string namespaceName, CancellationToken cancellationToken) =>
        RedisConnection.OpenAsync(
            options, connection => Task.FromResult(new RegistryClient(options, connection, namespaceName)), FailureOf(options), cancellationToken);

    /// <summary>Calls back after changes, as far as Redis tells.</summary>
    public Task SubscribeAsync(Action changed) => CallAsync(async () =>
    {
        // The channel belongs to no database: members of another one are woken for nothing.
        await connection.GetSubscriber().SubscribeAsync(RedisChannel.Literal(_keys[3].ToString()), (_, _) => changed());
        return true;
    });

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
        return Read((RedisResult[])(await CallAsync(
            () => _database.ScriptEvaluateAsync(RegistryScript.Text, _keys, arguments).WaitAsync(CallTimeout, cancellationToken)))!);
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private static RegistryState Read(RedisResult[] answer) => new((long)answer[0],
    [
        .. answer.Skip(1).Chunk(3).Select(part => new MemberState(
            JsonSerializer.Deserialize((byte[])part[0]!, RegistryJson.Default.Member)!, (long)part[1], TimeSpan.FromMilliseconds((long)part[2]))),
    ]);

    private Task<T> CallAsync<T>(Func<Task<T>> call) => RedisConnection.CallAsync(call, FailureOf(options), CancellationToken.None);

    private static string FailureOf(RedisStoreOptions options) => $"the registry in the Redis at {options.Address} failed";
}
