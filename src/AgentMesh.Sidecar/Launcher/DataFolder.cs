using System.Globalization;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>
/// The folder of <c>--data</c>, owned by one sidecar at a time: its lock, the kind of store it belongs to, and the processes started
/// on it. The lock (flock on Unix) dies with the process, however it ends.
/// </summary>
internal sealed partial class DataFolder : IDisposable
{
    private const string LockFileName = "lock";

    // Beside the lock, not in it: nobody else can open a file that is held with FileShare.None, not even to read.
    private const string PidFileName = "pid";

    private const string StoreFileName = "store";

    private readonly FileStream _lock;
    private readonly ILogger _logger;

    private DataFolder(string path, FileStream heldLock, TimeProvider timeProvider, ILogger logger)
    {
        (Path, _lock, _logger) = (path, heldLock, logger);
        Processes = new ProcessList(path, timeProvider, logger);
    }

    /// <summary>The full path.</summary>
    public string Path { get; }

    /// <summary>What this and earlier sidecars have started on this folder.</summary>
    public ProcessList Processes { get; }

    /// <summary>Opens the folder, making it (for its owner only) when it is not there, and locks it.</summary>
    /// <exception cref="DataFolderException">Another sidecar has it, or it cannot be made or written.</exception>
    public static DataFolder Open(string path, TimeProvider timeProvider, ILogger<DataFolder> logger)
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
            throw new DataFolderException($"The data folder {path} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>
    /// Binds the folder to a store, written as <c>sqlite:PATH</c> or <c>redis:HOST:PORT</c>. The kind is for ever: the other store
    /// would start without the agents' state. Another Redis address, or a folder that was moved, is allowed.
    /// </summary>
    /// <exception cref="DataFolderException">The folder belongs to the other kind.</exception>
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
                throw new DataFolderException($"The data folder {Path} keeps its state in {remembered}, not in {store}. Start as before, or use another folder.");
            LogOtherAddress(Path, remembered, store);
        }

        File.WriteAllText(file + ".new", store);
        File.Move(file + ".new", file, overwrite: true);
    }

    /// <summary>Gives the folder free.</summary>
    public void Dispose()
    {
        File.Delete(System.IO.Path.Combine(Path, PidFileName)); // while the lock is held: later it may be the next owner's
        _lock.Dispose();
    }

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(System.IO.Path.Combine(path, LockFileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (IsHeldByAnother(e))
        {
            throw new DataFolderException($"The data folder {path} is in use by another sidecar (pid {OwnerOf(path)}). End that one first, or use another folder.", e);
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
