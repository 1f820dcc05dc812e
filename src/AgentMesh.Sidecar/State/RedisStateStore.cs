using System.Globalization;
using AgentMesh.Sidecar.Actors.Reminders;
using StackExchange.Redis;

namespace AgentMesh.Sidecar.State;

/// <summary>
/// A real Redis in Dapr's own layout: what daprd wrote is read here, and the other way round. Every key is a hash of <c>data</c> and
/// <c>version</c>.
/// </summary>
internal sealed partial class RedisStateStore(RedisStoreOptions options, ConnectionMultiplexer connection, ILogger<RedisStateStore> logger) : IStateStore
{
    private static readonly RedisValue[] Fields = ["data", "version"];

    private static readonly (string Setting, string Wanted)[] WantedSettings =
        [("appendonly", "yes"), ("appendfsync", "always"), ("maxmemory-policy", "noeviction")];

    private readonly IDatabase _database = connection.GetDatabase(options.Database);

    /// <inheritdoc/>
    public string Description => "redis:" + options.Address;

    /// <summary>Connects, and warns when the server's settings could lose what it has acknowledged.</summary>
    /// <exception cref="StateStoreException">Redis was not reached within <see cref="RedisStoreOptions.ConnectTimeout"/> or refused.</exception>
    public static Task<RedisStateStore> ConnectAsync(RedisStoreOptions options, ILogger<RedisStateStore> logger, CancellationToken cancellationToken) =>
        RedisConnection.OpenAsync(
            options,
            async connection =>
            {
                var store = new RedisStateStore(options, connection, logger);
                await store._database.PingAsync().ConfigureAwait(false);
                await store.WarnOfSettingsAsync(cancellationToken).ConfigureAwait(false);
                return store;
            },
            $"Redis at {options.Address} cannot be used",
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<StateEntry?> GetAsync(string key, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return await RedisConnection.CallAsync(ReadAsync, $"The key {key} could not be read", cancellationToken).ConfigureAwait(false);

        async Task<StateEntry?> ReadAsync()
        {
            try
            {
                var values = await _database.HashGetAsync(key, Fields).ConfigureAwait(false);
                return values[0].IsNull || values[1].IsNull ? null : new StateEntry((byte[])values[0]!, values[1].TryParse(out long version) ? version : 0);
            }
            catch (RedisServerException e) when (e.Message.StartsWith("WRONGTYPE", StringComparison.Ordinal))
            {
                // A plain string, as old versions of Dapr wrote.
                return (byte[]?)await _database.StringGetAsync(key).ConfigureAwait(false) is { } text ? new StateEntry(text, 0) : null;
            }
        }
    }

    /// <inheritdoc/>
    public Task TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken) => TransactAsync(operations, null, cancellationToken);

    /// <inheritdoc/>
    public async Task TransactAsync(IReadOnlyList<StateOperation> operations, StateFence? fence, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (operations.Count == 0)
            return;
        var keys = new RedisKey[operations.Count];
        var verbs = new byte[operations.Count];
        var values = new RedisValue[1 + (operations.Any(operation => operation.Rules is not null) ? 2 : 1) * operations.Count];
        values[0] = verbs;
        for (var i = 0; i < keys.Length; i++)
        {
            var (key, value) = operations[i];
            ArgumentException.ThrowIfNullOrEmpty(key, nameof(operations));
            keys[i] = key;
            verbs[i] = value is null ? RedisScript.Delete : RedisScript.Upsert;
            values[i + 1] = value ?? [];
            if (values.Length > keys.Length + 1)
                values[keys.Length + i + 1] = Text(operations[i].Rules ?? new StateRules());
        }

        if (fence is { } held)
            values = [.. values, held.Members, held.Member];
        var script = fence is null ? RedisScript.Transact : RedisScript.TransactFenced;
        try
        {
            await RedisConnection.CallAsync(() => _database.ScriptEvaluateAsync(script, keys, values), $"Redis at {options.Address} did not confirm the write", cancellationToken)
                .ConfigureAwait(false);
        }
        catch (StateStoreException e) when (e.InnerException is RedisServerException refusal && refusal.Message.StartsWith(RedisScript.Conflict, StringComparison.Ordinal))
        {
            throw new StateConflictException(refusal.Message[RedisScript.Conflict.Length..]);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private static string Text(StateRules rules) => string.Create(CultureInfo.InvariantCulture, $"{rules.IfVersion} {(rules.FirstWrite ? 1 : 0)} {rules.TtlSeconds}");

    /// <inheritdoc/>
    public IReminderStore OpenReminders(string namespaceName, string owner) => new RedisReminderStore(_database, namespaceName, owner);

    /// <summary>An answer lost with the power, or a key evicted, breaks what the mesh promises; the user decides.</summary>
    private async Task WarnOfSettingsAsync(CancellationToken cancellationToken)
    {
        var server = connection.GetServers()[0];
        foreach (var (setting, wanted) in WantedSettings)
        {
            try
            {
                var found = await server.ConfigGetAsync(setting).WaitAsync(cancellationToken).ConfigureAwait(false);
                if (found.Length == 0)
                    LogSettingUnknown(options.Address, setting, wanted, "the server does not name it");
                else if (found[0].Value != wanted)
                    LogSettingUnsafe(options.Address, setting, found[0].Value, wanted);
            }
            catch (RedisServerException e) // managed servers and restricted users refuse CONFIG
            {
                LogSettingUnknown(options.Address, setting, wanted, e.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis at {Address} has {Setting} '{Found}' and should have '{Wanted}': it may lose what it has acknowledged.")]
    private partial void LogSettingUnsafe(string address, string setting, string found, string wanted);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not check that Redis at {Address} has {Setting} '{Wanted}': {Reason}")]
    private partial void LogSettingUnknown(string address, string setting, string wanted, string reason);
}
