namespace AgentMesh.Sidecar.State;

/// <summary>
/// A durable key-value store behind the actor state API. Keys are complete (<c>appId||type||id||key</c>), values are JSON bytes
/// stored verbatim. Safe for concurrent use.
/// </summary>
internal interface IStateStore : IAsyncDisposable
{
    /// <summary>What the ready file says: <c>sqlite:PATH</c> or <c>redis:HOST:PORT</c>.</summary>
    string Description { get; }

    /// <summary>The value last committed, or null when the key is not there. A read after a completed write sees it.</summary>
    ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>
    /// Applies all operations in their order, atomically, and completes only when they are durable. Each upsert raises the key's
    /// version by one, from 1. When it throws nothing was applied, or (connection lost, cancelled after the write was queued)
    /// the outcome is unknown; it never completes without being durable.
    /// </summary>
    Task TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken);
}

/// <summary>One change of a transaction.</summary>
/// <param name="Key">The complete key.</param>
/// <param name="Value">The new value; null deletes the key.</param>
internal readonly record struct StateOperation(string Key, byte[]? Value);
