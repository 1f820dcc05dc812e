using System.Globalization;
using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.StateApi;

/// <summary>The state API of apps (not of actors), the same for HTTP and gRPC: store names, key prefixes, ETags.</summary>
/// <remarks>All state components of a run are served by its one store; only their prefixes keep them apart.</remarks>
internal sealed partial class StateAccess(IStateStore store, ILogger<StateAccess> logger)
{
    /// <summary>Keys of one bulk read, and changes of one save or transaction.</summary>
    public const int MaxItems = 10_000;

    /// <summary>The version as callers see it; empty when the store knows none.</summary>
    public static string ETag(StateEntry entry) => entry.Version == 0 ? "" : entry.Version.ToString(CultureInfo.InvariantCulture);

    /// <summary>One value; neither entry nor error when the key is not there.</summary>
    public async Task<(StateEntry? Entry, DaprError? Error)> GetAsync(AppDefinition app, string storeName, string key, CancellationToken cancellationToken)
    {
        var started = app.Metrics.Start();
        var (entry, error) = await ReadAsync(app, storeName, key, cancellationToken);
        Count(app, storeName, "get", error, started);
        return (entry, error);
    }

    private async Task<(StateEntry? Entry, DaprError? Error)> ReadAsync(AppDefinition app, string storeName, string key, CancellationToken cancellationToken)
    {
        if (Find(app, storeName, out var prefix) is { } unknown)
            return (null, unknown);
        if (RefuseKey(app, storeName, key) is { } illegal)
            return (null, illegal);
        try
        {
            return (await store.GetAsync(prefix + key, cancellationToken), null);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailed(failure, storeName);
            return (null, StateErrors.Get(storeName, key, failure.Message));
        }
    }

    /// <summary>Several values in the order of the keys. A value that cannot be read has an error of its own.</summary>
    public async Task<(IReadOnlyList<(string Key, StateEntry? Entry, DaprError? Error)> Items, DaprError? Error)> GetBulkAsync(
        AppDefinition app, string storeName, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        if ((Find(app, storeName, out _) ?? RefuseCount(keys.Count)) is { } refused)
            return ([], refused);
        foreach (var key in keys)
        {
            if (RefuseKey(app, storeName, key) is { } illegal)
                return ([], illegal);
        }

        var started = app.Metrics.Start();
        var items = await Task.WhenAll(keys.Select(async key =>
        {
            var (entry, error) = await ReadAsync(app, storeName, key, cancellationToken);
            return (key, entry, error);
        }));
        Count(app, storeName, "bulk_get", null, started);
        return (items, null);
    }

    /// <summary>Saves each item for itself, as Dapr's Redis component does: one that is refused does not undo the others.</summary>
    public async Task<DaprError?> SaveAsync(AppDefinition app, string storeName, IReadOnlyList<StateItem> items, CancellationToken cancellationToken) =>
        await CountAsync(app, storeName, "set", () => EachAsync(
            app, storeName, items, (_, detail, status) => StateErrors.Save(storeName, detail, status), cancellationToken));

    /// <summary>Deletes each item for itself.</summary>
    public async Task<DaprError?> DeleteAsync(AppDefinition app, string storeName, IReadOnlyList<StateItem> items, CancellationToken cancellationToken) =>
        await CountAsync(app, storeName, items.Count == 1 ? "delete" : "bulk_delete", () => EachAsync(
            app, storeName, items, (item, detail, status) => StateErrors.Delete(item.Key, detail, status), cancellationToken));

    /// <summary>All or nothing, in the order given.</summary>
    public async Task<DaprError?> TransactAsync(AppDefinition app, string storeName, IReadOnlyList<StateItem> items, CancellationToken cancellationToken)
    {
        if (Prepare(app, storeName, items, (_, detail, status) => StateErrors.Transaction(detail, status), out var operations) is { } refused)
            return refused;
        return operations.Count == 0 ? null : await CountAsync(app, storeName, "transaction", () => WriteAsync(storeName, operations, key =>
            items[operations.FindIndex(operation => operation.Key == key && operation.Rules!.IfVersion != 0) is >= 0 and var at ? at : 0],
            (_, detail, status) => StateErrors.Transaction(detail, status), cancellationToken));
    }

    private static async Task<DaprError?> CountAsync(AppDefinition app, string storeName, string operation, Func<Task<DaprError?>> write)
    {
        var started = app.Metrics.Start();
        var error = await write();
        Count(app, storeName, operation, error, started);
        return error;
    }

    // The name of a store that is not there is the caller's invention, and no label.
    private static void Count(AppDefinition app, string storeName, string operation, DaprError? error, long started)
    {
        if (app.StateStores.ContainsKey(storeName))
            app.Metrics.Components.StateInvoked(storeName, operation, error is null, app.Metrics.ElapsedMs(started));
    }

    private async Task<DaprError?> EachAsync(
        AppDefinition app, string storeName, IReadOnlyList<StateItem> items, Func<StateItem, string, int, DaprError> error, CancellationToken cancellationToken)
    {
        if (Prepare(app, storeName, items, error, out var operations) is { } refused)
            return refused;
        var outcomes = await Task.WhenAll(operations.Select((operation, i) => WriteAsync(storeName, [operation], _ => items[i], error, cancellationToken)));
        return outcomes.FirstOrDefault(outcome => outcome is not null);
    }

    private async Task<DaprError?> WriteAsync(
        string storeName, List<StateOperation> operations, Func<string, StateItem> find, Func<StateItem, string, int, DaprError> error, CancellationToken cancellationToken)
    {
        try
        {
            await store.TransactAsync(operations, cancellationToken);
            return null;
        }
        catch (StateConflictException conflict)
        {
            // Without an ETag it is no mismatch but a plain failure: the key was written with first-write.
            var item = find(conflict.Key);
            return string.IsNullOrEmpty(item.Etag)
                ? error(item, conflict.Message, StatusCodes.Status500InternalServerError)
                : error(item, StateErrors.MismatchText + conflict.Message, StatusCodes.Status409Conflict);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailed(failure, storeName);
            return error(find(operations[0].Key), failure.Message, StatusCodes.Status500InternalServerError);
        }
    }

    private static DaprError? Prepare(
        AppDefinition app, string storeName, IReadOnlyList<StateItem> items, Func<StateItem, string, int, DaprError> error, out List<StateOperation> operations)
    {
        operations = new List<StateOperation>(items.Count);
        if ((Find(app, storeName, out var prefix) ?? RefuseCount(items.Count)) is { } refused)
            return refused;
        foreach (var item in items)
        {
            if (RefuseKey(app, storeName, item.Key) is { } illegal)
                return illegal;
            if (!TryReadVersion(item, out var version))
                return error(item, StateErrors.InvalidText + "a version is a whole number", StatusCodes.Status400BadRequest);
            if (item.Options?.Concurrency is { Length: > 0 } concurrency and not (StateItemOptions.FirstWrite or StateItemOptions.LastWrite))
                return error(item, $"unrecognized concurrency model '{concurrency}'", StatusCodes.Status500InternalServerError);
            int? ttl = null;
            if (item.Value is not null && item.Ttl is { Length: > 0 } text)
            {
                if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
                    return error(item, $"failed to parse ttl from metadata: '{text}' is not a number of seconds", StatusCodes.Status500InternalServerError);
                ttl = seconds;
            }

            operations.Add(new StateOperation(prefix + item.Key, item.Value)
            {
                Rules = new StateRules(version, item.Options?.Concurrency == StateItemOptions.FirstWrite, ttl),
            });
        }

        return null;
    }

    // contrib:state/redis/redis.go: an upsert with last-write needs no ETag, and a deletion compares texts.
    private static bool TryReadVersion(StateItem item, out long version)
    {
        version = 0;
        if (string.IsNullOrEmpty(item.Etag) || (item.Value is not null && item.Options?.Concurrency == StateItemOptions.LastWrite))
            return true;
        if (long.TryParse(item.Etag, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out version))
            return true;
        version = -1;
        return item.Value is null;
    }

    private static DaprError? Find(AppDefinition app, string storeName, out string prefix)
    {
        prefix = "";
        return app.StateStores.Count == 0 ? StateErrors.NotConfigured(storeName, app.AppId)
            : app.StateStores.TryGetValue(storeName, out prefix!) ? null
            : StateErrors.NotFound(storeName, app.AppId);
    }

    private static DaprError? RefuseKey(AppDefinition app, string storeName, string key) =>
        key.Contains(KeyPrefix.Separator, StringComparison.Ordinal) ? StateErrors.IllegalKey(storeName, key, app.AppId) : null;

    private static DaprError? RefuseCount(int count) =>
        count > MaxItems ? DaprError.BadRequest($"more than {MaxItems} keys in one request") : null;

    [LoggerMessage(LogLevel.Error, "The state store {StoreName} failed")]
    private partial void LogFailed(Exception exception, string storeName);
}
