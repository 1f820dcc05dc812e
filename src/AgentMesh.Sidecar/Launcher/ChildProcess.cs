using System.ComponentModel;
using System.Diagnostics;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>
/// A process of ours, with its output on our console. Where there is a <c>setsid</c> it gets a session of its own: Ctrl-C in a
/// terminal goes to all processes of its foreground group, and apps are stopped in order and not all at once.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    // A grandchild (a build server) may hold the pipes open after the process itself is gone.
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(1);

    // util-linux; macOS and Windows have none, and .NET cannot start a session before version 11. It replaces itself by the program.
    private static readonly string? SetSid = FindProgram("setsid", Environment.GetEnvironmentVariable("PATH"));

    private readonly Process _process;
    private readonly bool _ownSession;
    private readonly LinePump _pump;
    private readonly Task _pumping;
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(Process process, bool ownSession, LinePump pump)
    {
        _process = process;
        _ownSession = ownSession;
        _pump = pump;
        process.Exited += (_, _) =>
        {
            // What it left running would hold its port against its successor.
            if (ownSession) Signals.KillGroup(Id);
            _exited.TrySetResult(process.ExitCode);
        };
        Id = process.Id;
        process.EnableRaisingEvents = true;
        process.StandardInput.Close();
        _pumping = Task.WhenAll(pump.RunAsync(process.StandardOutput), pump.RunAsync(process.StandardError));
    }

    /// <summary>The process id; stays known after the end.</summary>
    public int Id { get; }

    /// <summary>Completes with the exit code when the process is gone.</summary>
    public Task<int> Exited => _exited.Task;

    /// <summary>What it said last.</summary>
    public IReadOnlyList<string> LastLines => _pump.LastLines;

    /// <summary>Starts a command.</summary>
    /// <param name="command">Program and arguments.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="environment">All of its environment.</param>
    /// <param name="pump">Takes its output.</param>
    /// <exception cref="LauncherException">The program cannot be started.</exception>
    public static ChildProcess Start(
        IReadOnlyList<string> command, string folder, IReadOnlyDictionary<string, string> environment, LinePump pump)
    {
        // A program given by a relative path is one of the folder's.
        var program = command[0].Contains('/', StringComparison.Ordinal) ? Path.GetFullPath(command[0], folder) : command[0];
        var found = SetSid is null ? null : FindProgram(program, environment.GetValueOrDefault("PATH"));
        // A program that is not there is left to .NET, which says so.
        var start = new ProcessStartInfo(found is null ? program : SetSid!, found is null ? command.Skip(1) : command.Skip(1).Prepend(found))
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment) start.Environment[name] = value;
        try
        {
            return new ChildProcess(Process.Start(start)!, found is not null, pump);
        }
        catch (Win32Exception failure)
        {
            throw new LauncherException($"'{string.Join(' ', command)}' cannot be started in {folder}: {failure.Message}");
        }
    }

    /// <summary>Waits until all output was passed on, or briefly when somebody else still holds the pipes.</summary>
    public async Task FinishOutputAsync(TimeProvider timeProvider)
    {
        try
        {
            await _pumping.WaitAsync(OutputGrace, timeProvider);
        }
        catch (TimeoutException)
        {
            // A grandchild has the pipes; its lines are not ours to wait for.
        }
    }

    /// <summary>Asks the process, and what it has started in its session, to end.</summary>
    public void Terminate()
    {
        if (_ownSession) Signals.TerminateGroup(Id);
        else Signals.Terminate(Id);
    }

    /// <summary>Ends the process and everything it started, at once.</summary>
    public void KillTree()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // Gone already.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    private static string? FindProgram(string program, string? path)
    {
        if (OperatingSystem.IsWindows()) return null;
        const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        var places = program.Contains('/', StringComparison.Ordinal) ? [program] : (path ?? "").Split(':').Select(folder => Path.Combine(folder, program));
        foreach (var file in places)
        {
            if (Path.IsPathRooted(file) && File.Exists(file) && (File.GetUnixFileMode(file) & Executable) != 0) return file;
        }

        return null;
    }
}
