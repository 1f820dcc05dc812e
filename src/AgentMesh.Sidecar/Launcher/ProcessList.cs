using System.Text.Json;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>
/// <c>processes.json</c>: what this sidecar has started, so that the next one can end what a SIGKILL left behind. Safe for
/// concurrent use.
/// </summary>
internal sealed partial class ProcessList(string folder, TimeProvider timeProvider, ILogger logger)
{
    public const string FileName = "processes.json";

    /// <summary>Between SIGTERM and SIGKILL, and after SIGKILL, 3 s each.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly string _path = Path.Combine(folder, FileName);
    private readonly Lock _gate = new();
    private readonly List<StartedProcess> _processes = Read(Path.Combine(folder, FileName), logger);

    /// <summary>What is listed now.</summary>
    public IReadOnlyList<StartedProcess> Processes
    {
        get
        {
            lock (_gate)
                return [.. _processes];
        }
    }

    /// <summary>Lists a process just started; it is on disk when this returns, unless the disk refuses. A process that has ended already is not listed.</summary>
    public void Add(int pid, string appId)
    {
        if (ProcessIdentity.StartTimeOf(pid) is not { } startTime)
            return;
        lock (_gate)
        {
            _processes.RemoveAll(process => process.Pid == pid);
            _processes.Add(new StartedProcess(pid, startTime, appId));
            Write();
        }
    }

    /// <summary>Takes a process that has ended off the list. One that is not listed is no error.</summary>
    public void Remove(int pid)
    {
        lock (_gate)
        {
            if (_processes.RemoveAll(process => process.Pid == pid) > 0)
                Write();
        }
    }

    /// <summary>
    /// Ends every listed process that is still the one that was started: SIGTERM to all, 3 s for all of them together, SIGKILL to the
    /// rest. A pid that belongs to another process by now is left alone. What could not be ended stays listed.
    /// </summary>
    public async Task EndLeftoversAsync(CancellationToken cancellationToken)
    {
        var listed = Processes;
        var alive = listed.Where(IsAlive).ToList();
        foreach (var process in alive)
        {
            LogEnding(process.AppId, process.Pid);
            Signals.Terminate(process.Pid);
        }

        alive = await WaitForEndAsync(alive, cancellationToken).ConfigureAwait(false);
        foreach (var process in alive)
        {
            LogKilling(process.AppId, process.Pid);
            Signals.Kill(process.Pid);
        }

        alive = await WaitForEndAsync(alive, cancellationToken).ConfigureAwait(false);
        foreach (var process in alive)
            LogSurvived(process.AppId, process.Pid);
        lock (_gate)
        {
            _processes.RemoveAll(process => listed.Contains(process) && !alive.Contains(process));
            Write();
        }
    }

    private static bool IsAlive(StartedProcess process) => process.Pid > 0 && ProcessIdentity.StartTimeOf(process.Pid) == process.StartTime;

    private Task<List<StartedProcess>> WaitForEndAsync(List<StartedProcess> processes, CancellationToken cancellationToken) =>
        ProcessIdentity.WaitForEndAsync(processes, IsAlive, Patience, timeProvider, cancellationToken);

    private static List<StartedProcess> Read(string path, ILogger logger)
    {
        try
        {
            return File.Exists(path) ? [.. JsonSerializer.Deserialize(File.ReadAllBytes(path), LauncherJson.Default.IReadOnlyListStartedProcess) ?? []] : [];
        }
        catch (JsonException e) // edited by hand; a sidecar that does not start for it would help nobody
        {
            LogUnreadable(logger, path, e);
            return [];
        }
    }

    private void Write()
    {
        try
        {
            WholeFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(_processes, LauncherJson.Default.IReadOnlyListStartedProcess));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk must not end a mesh that waits for room; the next change writes the whole list again.
            LogNotWritten(_path, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Ending {AppId} (pid {Pid}), which an earlier sidecar left behind.")]
    private partial void LogEnding(string appId, int pid);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{AppId} (pid {Pid}) did not end in time and is killed.")]
    private partial void LogKilling(string appId, int pid);

    [LoggerMessage(Level = LogLevel.Error, Message = "{AppId} (pid {Pid}) cannot be ended; end it by hand.")]
    private partial void LogSurvived(string appId, int pid);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} cannot be written: {Reason} After a SIGKILL of this sidecar some processes may have to be ended by hand.")]
    private partial void LogNotWritten(string path, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} cannot be read and is ignored; processes of an earlier sidecar may still run.")]
    private static partial void LogUnreadable(ILogger logger, string path, Exception exception);
}
