using System.Diagnostics;
using AgentMesh.Sidecar.Launcher;

namespace AgentMesh.Sidecar.Tests.Launcher;

/// <summary>The sidecar's executable as a user starts it, with a home of its own.</summary>
internal sealed class Executable : IDisposable
{
    private readonly Process _process;

    private Executable(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public ConsoleRecorder Console { get; } = new();

    public int Id => _process.Id;

    public StreamWriter Input => _process.StandardInput;

    /// <summary>The words that start it.</summary>
    public static IReadOnlyList<string> Command { get; } = ["dotnet", Path.Combine(AppContext.BaseDirectory, "AgentMesh.Sidecar.dll")];

    public static Executable Start(string home, string folder, params string[] arguments) => StartProgram(home, folder, [.. Command, .. arguments]);

    public static Executable StartProgram(string home, string folder, params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = home;
        start.Environment.Remove(ApiTokens.DaprVariable);
        start.Environment.Remove(ApiTokens.AppVariable);
        return new Executable(Process.Start(start)!);
    }

    /// <summary>Runs to the end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string home, string folder, params string[] arguments)
    {
        using var run = Start(home, folder, arguments);
        var exitCode = await run.EndAsync();
        return (exitCode, string.Join('\n', run.Console.Lines));
    }

    /// <summary>Waits for the end, and for all of the output.</summary>
    public async Task<int> EndAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
        Console.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null) Console.WriteLine(line);
    }
}
