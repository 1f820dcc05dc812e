using System.Diagnostics;
using System.Text;

namespace AgentMesh.Testing.ProbeApp;

/// <summary>
/// What reached this process, a line each, in a file of its own. Each line is one write without a buffer: it survives SIGKILL, which
/// is the accident of these tests; a power cut is not.
/// </summary>
internal sealed class Journal : IDisposable
{
    private readonly Lock _gate = new();
    private readonly FileStream _file;

    public Journal(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"{Environment.ProcessId}-{Stopwatch.GetTimestamp()}.log");
        _file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    /// <summary>Writes <c>kind TAB what TAB unixMs</c>.</summary>
    public void Append(string kind, string what, DateTimeOffset at)
    {
        var line = Encoding.UTF8.GetBytes($"{kind}\t{what}\t{at.ToUnixTimeMilliseconds()}\n");
        lock (_gate)
            _file.Write(line);
    }

    public void Dispose() => _file.Dispose();
}
