using AgentMesh.Sidecar.Actors.Reminders;

namespace AgentMesh.Sidecar.State;

/// <summary>
/// A durable key-value store behind the two state APIs. Keys are complete (<c>appId||type||id||key</c> or <c>appId||key</c>), values
/// are bytes stored verbatim. Safe for concurrent use.
/// </summary>
internal interface IStateStore : IAsyncDisposable
{
    /// <summary>What the ready file says: <c>sqlite:PATH</c> or <c>redis:HOST:PORT</c>.</summary>
    string Description { get; }

    /// <summary>The value last committed, or null when the key is not there. A read after a completed write sees it.</summary>
    ValueTask<StateEntry?> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>
    /// Applies all operations in their order, atomically, and completes only when they are durable. Each upsert raises the key's
    /// version by one, from 1. When it throws nothing was applied, or (connection lost, cancelled after the write was queued)
    /// the outcome is unknown; it never completes without being durable.
    /// </summary>
    /// <exception cref="StateConflictException">A rule does not hold; nothing was applied.</exception>
    Task TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken);

    /// <summary>The same for one sidecar of several, whose write may come after it has lost its actors.</summary>
    /// <remarks>Nothing is applied, and the failure is a <see cref="StateStoreException"/>, when the fence does not hold the member.</remarks>
    Task TransactAsync(IReadOnlyList<StateOperation> operations, StateFence? fence, CancellationToken cancellationToken) => fence is null
        ? TransactAsync(operations, cancellationToken)
        : throw new NotSupportedException("this store belongs to one sidecar");

    /// <summary>Its reminders; null: it keeps none.</summary>
    /// <param name="namespaceName">Dapr's namespace.</param>
    /// <param name="owner">Names this sidecar among others on the same store.</param>
    IReminderStore? OpenReminders(string namespaceName, string owner) => null;
}

/// <summary>A sorted set of the members that may write, and the one that does.</summary>
internal readonly record struct StateFence(string Members, string Member);

/// <summary>One change of a transaction.</summary>
/// <param name="Key">The complete key.</param>
/// <param name="Value">The new value; null deletes the key.</param>
internal readonly record struct StateOperation(string Key, byte[]? Value)
{
    /// <summary>Null for actors, whose transactions have no ETags: they pay for no check.</summary>
    public StateRules? Rules { get; init; }
}

/// <summary>What Dapr's state API asks of one change (contrib:state/redis/redis.go).</summary>
/// <param name="IfVersion">The version the key must have, or none at all; 0: any, unless the key was written with first-write.</param>
/// <param name="FirstWrite">Marks the key: later upserts need its version.</param>
/// <param name="TtlSeconds">Above 0 the key ends after so long, 0 and below it never ends; null keeps what it has.</param>
internal sealed record StateRules(long IfVersion = 0, bool FirstWrite = false, int? TtlSeconds = null);

/// <summary>A stored value.</summary>
/// <param name="Value">As it was written.</param>
/// <param name="Version">The ETag of the state API. Counts the writes from 1; 0 when the store knows none (a plain string in Redis).</param>
internal readonly record struct StateEntry(byte[] Value, long Version);
