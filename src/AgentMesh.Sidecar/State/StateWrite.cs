namespace AgentMesh.Sidecar.State;

/// <summary>A transaction of the state API.</summary>
internal sealed class StateWrite : SqliteWrite
{
    private const string Upsert =
        "INSERT INTO state(key, data, version) VALUES(?1, ?2, 1) ON CONFLICT(key) DO UPDATE SET data = excluded.data, version = version + 1";

    private const string Delete = "DELETE FROM state WHERE key = ?1";

    private readonly IReadOnlyList<StateOperation> _operations;

    public StateWrite(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
        : base(cancellationToken)
    {
        _operations = operations;
        for (var i = 0; i < operations.Count; i++)
        {
            var (key, value) = operations[i];
            ArgumentException.ThrowIfNullOrEmpty(key, nameof(operations));
            Bytes += key.Length + (value?.Length ?? 0);
        }
    }

    /// <summary>Of all keys and values; a key counts its characters.</summary>
    public override long Bytes { get; }

    /// <inheritdoc/>
    public override void Apply(SqliteDatabase database)
    {
        for (var i = 0; i < _operations.Count; i++)
        {
            var (key, value) = _operations[i];
            var statement = database.Statement(value is null ? Delete : Upsert);
            database.BindText(statement, 1, key);
            if (value is not null)
                database.BindBlob(statement, 2, value);
            database.Run(statement);
        }
    }
}
