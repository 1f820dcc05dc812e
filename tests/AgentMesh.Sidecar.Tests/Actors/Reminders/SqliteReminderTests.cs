using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.Tests.Actors.Reminders;

public sealed class SqliteReminderTests : ReminderStoreBehavior, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private protected override Task<IStateStore> OpenAsync() =>
        Task.FromResult<IStateStore>(SqliteStateStore.Open(_folder.Path, new LogList<SqliteStateStore>()));
}
