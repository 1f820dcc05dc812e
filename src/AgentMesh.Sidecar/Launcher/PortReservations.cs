using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>
/// Ports of this run. Each is held open until it is used, so that neither this run nor another launcher started at the same moment
/// takes it meanwhile; and a free one is marked as taken for as long as the run lasts, because nobody listens on it while its app has died
/// and is started again.
/// </summary>
/// <param name="random">Chooses where the search for free ports begins.</param>
internal sealed class PortReservations(Random random) : IDisposable
{
    // Free ports come from below the range the kernel takes for outgoing connections (Linux from 32768, others from 49152):
    // else a connection could hold the port of a dead app just when its successor wants it.
    private const int FirstFree = 20000;
    private const int AfterLastFree = 32768;

    private readonly Dictionary<int, Socket[]> _held = [];
    private readonly HashSet<int> _taken = [];
    private readonly List<FileStream> _marks = [];
    private readonly string? _markFolder = CreateMarkFolder();

    /// <summary>Takes this port. False when this run or another process has it.</summary>
    public bool TryTake(int port)
    {
        if (_taken.Contains(port) || !TryHold(port)) return false;
        return _taken.Add(port);
    }

    /// <summary>Takes a free port.</summary>
    public int TakeFree()
    {
        const int Count = AfterLastFree - FirstFree;
        var start = random.Next(Count);
        for (var offset = 0; offset < Count; offset++)
        {
            var port = FirstFree + ((start + offset) % Count);
            if (!_taken.Contains(port) && TryMark(port) && TryTake(port)) return port;
        }

        throw new LauncherException($"no port from {FirstFree} to {AfterLastFree - 1} is free");
    }

    /// <summary>Lets go of the port for the process that is about to listen on it. It is not handed out again.</summary>
    public void Release(int port)
    {
        if (!_held.Remove(port, out var sockets)) return;
        foreach (var socket in sockets) socket.Dispose();
    }

    /// <summary>Lets go of all ports for those who are about to listen on them. The marks of free ones stay.</summary>
    public void ReleaseAll()
    {
        foreach (var port in _held.Keys.ToList()) Release(port);
    }

    /// <summary>The run is over: others may have its ports.</summary>
    public void Dispose()
    {
        ReleaseAll();
        foreach (var mark in _marks) mark.Dispose();
    }

    // A file that is locked as long as the process lives, for all launchers of the machine. One port more than needed may stay marked, no harm.
    private bool TryMark(int port)
    {
        if (_markFolder is null) return true;
        try
        {
            var file = Path.Combine(_markFolder, port.ToString(CultureInfo.InvariantCulture));
            _marks.Add(new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose));
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            // Another user's mark, of a run that may be long over: whether somebody listens there is seen next.
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <returns>Null where no file can be written: runs that are started at once may then choose the same port, and one says so and ends.</returns>
    private static string? CreateMarkFolder()
    {
        try
        {
            return Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "agentmesh-ports")).FullName;
        }
        catch (Exception closed) when (closed is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private bool TryHold(int port)
    {
        var sockets = new List<Socket>();
        foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
        {
            // A machine without IPv6 has nobody listening there.
            if (address.AddressFamily == AddressFamily.InterNetworkV6 && !Socket.OSSupportsIPv6) continue;
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            sockets.Add(socket);
            try
            {
                socket.Bind(new IPEndPoint(address, port));
                // Two sockets may be bound to one port (SO_REUSEADDR); only one may listen.
                socket.Listen(1);
            }
            catch (SocketException failure) when (failure.SocketErrorCode == SocketError.AddressNotAvailable)
            {
                // The loopback interface has no such address (containers without IPv6).
            }
            catch (SocketException)
            {
                sockets.ForEach(held => held.Dispose());
                return false;
            }
        }

        _held[port] = [.. sockets];
        return true;
    }
}
