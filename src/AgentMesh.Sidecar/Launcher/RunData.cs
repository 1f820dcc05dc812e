using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>The data folder of this machine, with the embedded store in it or bound to a Redis.</summary>
internal sealed class RunData : IRunData
{
    private readonly DataFolder _folder;
    private readonly ILoggerFactory _loggers;
    private readonly TimeProvider _timeProvider;

    private RunData(DataFolder folder, ILoggerFactory loggers, TimeProvider timeProvider)
    {
        _folder = folder;
        _loggers = loggers;
        _timeProvider = timeProvider;
    }

    /// <summary>Locks the folder and ends what a SIGKILL of an earlier sidecar left running on it.</summary>
    /// <exception cref="LauncherException">Another sidecar has the folder, or it cannot be used.</exception>
    public static async Task<IRunData> OpenAsync(string path, ILoggerFactory loggers, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        DataFolder? folder = null;
        try
        {
            folder = DataFolder.Open(path, timeProvider, loggers.CreateLogger<DataFolder>());
            await folder.Processes.EndLeftoversAsync(cancellationToken);
            return new RunData(folder, loggers, timeProvider);
        }
        catch (DataFolderException failure)
        {
            throw new LauncherException(failure.Message);
        }
        catch
        {
            folder?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<IStateStore> OpenStoreAsync(IReadOnlyDictionary<string, string>? redis, CancellationToken cancellationToken)
    {
        try
        {
            // The kind is checked before the store is touched: a new SQLite file in a folder of a Redis mesh would be a trap.
            if (redis is null)
            {
                _folder.RememberStore($"sqlite:{_folder.Path}");
                return SqliteStateStore.Open(_folder.Path, _loggers.CreateLogger<SqliteStateStore>(), timeProvider: _timeProvider);
            }

            // Connected first: the kind is for ever, and not for a Redis that was never there.
            var store = await RedisStateStore.ConnectAsync(RedisStoreOptions.FromMetadata(redis), _loggers.CreateLogger<RedisStateStore>(), cancellationToken);
            try
            {
                _folder.RememberStore(store.Description);
                return store;
            }
            catch
            {
                await store.DisposeAsync();
                throw;
            }
        }
        catch (Exception failure) when (failure is DataFolderException or StateStoreException or FormatException or IOException or UnauthorizedAccessException)
        {
            throw new LauncherException(failure.Message);
        }
    }

    /// <inheritdoc/>
    public void ProcessStarted(int processId, string appId) => _folder.Processes.Add(processId, appId);

    /// <inheritdoc/>
    public void ProcessEnded(int processId) => _folder.Processes.Remove(processId);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
