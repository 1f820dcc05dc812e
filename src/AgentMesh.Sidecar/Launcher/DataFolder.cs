using System.Globalization;
using System.Text;
using AgentMesh.LocalData;
using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>
/// The folder of <c>--data</c>, owned by one sidecar at a time: its lock, the kind of store it belongs to, and the processes started
/// on it. The lock (flock on Unix) dies with the process, however it ends.
/// </summary>
internal sealed partial class DataFolder(string path, FileStream heldLock, TimeProvider timeProvider, ILogger logger) : IDisposable
{
    private const string LockFileName = "lock";

    // Beside the lock, not in it: nobody else can open a file that is held with FileShare.None, not even to read.
    private const string PidFileName = "pid";

    private const string StoreFileName = "store";

    /// <summary>The full path.</summary>
    public string Path => path;

    /// <summary>What this and earlier sidecars have started on this folder.</summary>
    public ProcessList Processes { get; } = new(path, timeProvider, logger);

    /// <summary>Opens the folder, making it (for its owner only) when it is not there, and locks it.</summary>
    /// <exception cref="LauncherException">Another sidecar has it, or it cannot be made or written.</exception>
    public static DataFolder Open(string path, TimeProvider timeProvider, ILogger logger)
    {
        path = System.IO.Path.GetFullPath(path);
        FileStream? heldLock = null;
        try
        {
            PrivateFolder.Create(path);
            heldLock = Lock(path);
            File.WriteAllText(System.IO.Path.Combine(path, PidFileName), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new DataFolder(path, heldLock, timeProvider, logger);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            heldLock?.Dispose();
            throw new LauncherException($"The data folder {path} cannot be used: {e.Message}");
        }
    }

    /// <summary>Opens the store of the folder's kind.</summary>
    /// <param name="redis">Metadata of the <c>state.redis</c> component that leads to the Redis of <c>--redis</c>; null for the embedded store.</param>
    /// <param name="loggers">For the store.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="LauncherException">The folder remembers the other kind, or the store cannot be used.</exception>
    public async Task<IStateStore> OpenStoreAsync(IReadOnlyDictionary<string, string>? redis, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        IStateStore? store = null;
        try
        {
            // The kind is checked before the store is touched: a new SQLite file in a folder of a Redis mesh would be a trap.
            if (redis is null) RememberStore($"sqlite:{Path}");
            store = redis is null
                ? SqliteStateStore.Open(Path, loggers.CreateLogger<SqliteStateStore>(), timeProvider: timeProvider)
                : await RedisStateStore.ConnectAsync(RedisStoreOptions.FromMetadata(redis), loggers.CreateLogger<RedisStateStore>(), cancellationToken);
            // Connected first: the kind is for ever, and not for a Redis that was never there.
            if (redis is not null) RememberStore(store.Description);
            return store;
        }
        catch (Exception failure)
        {
            if (store is not null) await store.DisposeAsync();
            if (failure is StateStoreException or FormatException or IOException or UnauthorizedAccessException) throw new LauncherException(failure.Message);
            throw;
        }
    }

    /// <summary>
    /// Binds the folder to a store, written as <c>sqlite:PATH</c> or <c>redis:HOST:PORT</c>. The kind is for ever: the other store
    /// would start without the agents' state. Another Redis address, or a folder that was moved, is allowed.
    /// </summary>
    /// <exception cref="LauncherException">The folder belongs to the other kind.</exception>
    public void RememberStore(string description)
    {
        var file = System.IO.Path.Combine(Path, StoreFileName);
        // A folder that is its own store is known by its kind alone, so that it can be moved.
        var store = KindOf(description) == "sqlite" ? "sqlite" : description;
        var remembered = File.Exists(file) ? File.ReadAllText(file).Trim() : "";
        if (remembered == store)
            return;
        if (remembered.Length > 0)
        {
            if (KindOf(remembered) != KindOf(store))
                throw new LauncherException($"The data folder {Path} keeps its state in {remembered}, not in {store}. Start as before, or use another folder.");
            LogOtherAddress(Path, remembered, store);
        }

        WholeFile.Write(file, Encoding.UTF8.GetBytes(store));
    }

    /// <summary>Gives the folder free.</summary>
    public void Dispose()
    {
        File.Delete(System.IO.Path.Combine(Path, PidFileName)); // while the lock is held: later it may be the next owner's
        heldLock.Dispose();
    }

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(System.IO.Path.Combine(path, LockFileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (IsHeldByAnother(e))
        {
            throw new LauncherException($"The data folder {path} is in use by another sidecar (pid {OwnerOf(path)}). End that one first, or use another folder.");
        }
    }

    // EWOULDBLOCK of flock(2) on Linux and macOS, ERROR_SHARING_VIOLATION on Windows. A full disk is another matter.
    private static bool IsHeldByAnother(IOException exception) => exception.HResult is 11 or 35 or unchecked((int)0x80070020);

    private static string OwnerOf(string path)
    {
        try
        {
            return File.ReadAllText(System.IO.Path.Combine(path, PidFileName)).Trim() is { Length: > 0 } pid ? pid : "unknown";
        }
        catch (IOException) // it has locked the folder and not yet written its pid
        {
            return "unknown";
        }
    }

    private static string KindOf(string description) => description.Split(':', 2)[0];

    [LoggerMessage(Level = LogLevel.Warning, Message = "The data folder {Path} kept its state in {Remembered} and keeps it in {Store} from now on.")]
    private partial void LogOtherAddress(string path, string remembered, string store);
}
