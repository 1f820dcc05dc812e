namespace AgentMesh.Sidecar.State;

/// <summary>Limits of the embedded store. The defaults were measured at 64 concurrent callers.</summary>
internal sealed record SqliteStoreOptions
{
    /// <summary>Transactions waiting for the writer, 8,192; further callers wait until there is room.</summary>
    public int MaxQueued { get; init; } = 8192;

    /// <summary>Transactions of one commit, 1,024.</summary>
    public int MaxBatchTransactions { get; init; } = 1024;

    /// <summary>Keys and values of one commit, 8 MiB; a bigger transaction has a commit of its own.</summary>
    public long MaxBatchBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Key and value of one row, 64 MiB. SQLite refuses a bigger one, and with it the transaction.</summary>
    public int MaxRowBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Pages of the file; a write beyond fails as a full disk does. Null: as many as the disk holds.</summary>
    public int? MaxPages { get; init; }

    /// <summary>A checkpoint starts when the write-ahead log has grown by this much, 16 MiB.</summary>
    public long CheckpointBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>The writer waits for a running checkpoint when the log is over this, 64 MiB: the log's hard limit, plus one commit.</summary>
    public long MaxWalBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Connections for reads, 16; further readers wait.</summary>
    public int MaxReaders { get; init; } = 16;
}
