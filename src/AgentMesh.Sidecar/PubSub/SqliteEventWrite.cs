using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>A change of the event tables on its way to the store's writer.</summary>
/// <param name="apply">The statements; may run twice, as <see cref="SqliteWrite.Apply"/> says.</param>
/// <param name="bytes">About what it adds to the log.</param>
/// <param name="cancellationToken">The caller may withdraw it while it is queued.</param>
internal sealed class SqliteEventWrite(Action<SqliteDatabase> apply, long bytes, CancellationToken cancellationToken) : SqliteWrite(cancellationToken)
{
    /// <inheritdoc/>
    public override long Bytes { get; } = bytes;

    /// <inheritdoc/>
    public override void Apply(SqliteDatabase database) => apply(database);
}
