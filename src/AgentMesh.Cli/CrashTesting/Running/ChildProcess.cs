using System.Diagnostics;

namespace AgentMesh.Cli.CrashTesting.Running;

/// <summary>A process that this program has started, whose output goes into a file.</summary>
internal sealed class ChildProcess : IDisposable
{
    private const int LastLines = 20;

    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly Queue<string> _last = new();
    private readonly TextWriter _log;

    private ChildProcess(Process process, TextWriter log) => (_process, _log) = (process, log);

    /// <summary>It has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Its number.</summary>
    public int Pid => _process.Id;

    /// <summary>The last lines that it has printed.</summary>
    public string LastWords
    {
        get
        {
            lock (_lock)
                return string.Join('\n', _last);
        }
    }

    /// <summary>Starts it.</summary>
    /// <param name="start">What.</param>
    /// <param name="log">Where its output goes, behind what is there.</param>
    public static ChildProcess Start(ProcessStartInfo start, string log)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        var writer = new StreamWriter(new FileStream(log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        var child = new ChildProcess(Process.Start(start)!, writer);
        child._process.OutputDataReceived += (_, line) => child.Keep(line.Data);
        child._process.ErrorDataReceived += (_, line) => child.Keep(line.Data);
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>SIGKILL, of it alone: its children go on.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>SIGTERM, and SIGKILL when it does not end in time.</summary>
    public async Task StopAsync(TimeSpan patience, TimeProvider time)
    {
        if (_process.HasExited)
            return;
        await Signals.TerminateAsync(_process.Id);
        using var limit = new CancellationTokenSource(patience, time);
        await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_process.HasExited)
            await KillAsync();
    }

    public void Dispose()
    {
        _process.Dispose();
        lock (_lock)
            _log.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_lock)
        {
            _last.Enqueue(line);
            if (_last.Count > LastLines)
                _last.Dequeue();
            // The last lines of a process may come when nobody listens any more.
            if (_log is StreamWriter { BaseStream.CanWrite: true })
                _log.WriteLine(line);
        }
    }
}
