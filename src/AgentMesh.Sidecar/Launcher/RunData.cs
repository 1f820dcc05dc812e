using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>The data folder on disk with its store.</summary>
internal sealed class RunData : IRunData
{
    private readonly DataFolder _folder;
    private readonly ILoggerFactory _loggers;

    private RunData(DataFolder folder, ILoggerFactory loggers) => (_folder, _loggers) = (folder, loggers);

    /// <summary>Locks the folder and ends what an earlier run left running.</summary>
    /// <exception cref="LauncherException">Another sidecar has it, or it cannot be written.</exception>
    public static async Task<IRunData> OpenAsync(string path, ILoggerFactory loggers, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var folder = Explain(() => DataFolder.Open(path, timeProvider, loggers.CreateLogger<DataFolder>()));
        try
        {
            await folder.Processes.EndLeftoversAsync(cancellationToken);
            return new RunData(folder, loggers);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<IStateStore> OpenStoreAsync(string? redis, CancellationToken cancellationToken)
    {
        if (redis is null)
        {
            // Asked first: a database must not appear in the folder of a Redis.
            Explain(() => Remember("sqlite:" + _folder.Path));
            return Explain(() => SqliteStateStore.Open(_folder.Path, _loggers.CreateLogger<SqliteStateStore>()));
        }

        // Connected first: the folder is bound for ever, and not to a Redis that was never there.
        var options = Explain(() => RedisStoreOptions.Parse(redis));
        var store = await ConnectAsync(options, cancellationToken);
        try
        {
            Explain(() => Remember(store.Description));
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
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

    private bool Remember(string description)
    {
        _folder.RememberStore(description);
        return true;
    }

    private async Task<RedisStateStore> ConnectAsync(RedisStoreOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await RedisStateStore.ConnectAsync(options, _loggers.CreateLogger<RedisStateStore>(), cancellationToken);
        }
        catch (StateStoreException failure)
        {
            throw new LauncherException(failure.Message);
        }
    }

    // What the user can put right is told in one line.
    private static T Explain<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception expected) when (expected is DataFolderException or StateStoreException or FormatException)
        {
            throw new LauncherException(expected.Message);
        }
    }
}
