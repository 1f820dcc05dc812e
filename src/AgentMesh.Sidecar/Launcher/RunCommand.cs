using System.Security.Cryptography;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>Composes a run on this machine: the real clock, console, processes, store and sidecar.</summary>
internal static class RunCommand
{
    /// <summary>Runs until a signal asks to stop. Returns the exit code.</summary>
    public static async Task<int> RunAsync(RunOptions options)
    {
        using var stop = StopRequest.OfSignals();
        // Standard output is for the user's lines and the apps; logs go beside it.
        using var loggers = LoggerFactory.Create(logging => logging
            .SetMinimumLevel(LogLevel.Warning)
            .AddSimpleConsole(console => console.SingleLine = true)
            .Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
                console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        return await new MeshRun(options, Compose(loggers, TimeProvider.System)).RunAsync(stop);
    }

    private static LauncherParts Compose(ILoggerFactory loggers, TimeProvider timeProvider) => new()
    {
        // Console.Out is synchronized and flushes itself.
        Console = Console.Out,
        LoggerFactory = loggers,
        TimeProvider = timeProvider,
        Environment = AppEnvironment.Ours(),
        CurrentFolder = Directory.GetCurrentDirectory(),
        ProgramFolder = AppContext.BaseDirectory,
        Home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        Random = new Random(),
        RandomBytes = RandomNumberGenerator.GetBytes,
        Terminate = Signals.Terminate,
        OpenDataAsync = (folder, cancellationToken) => RunData.OpenAsync(folder, loggers, timeProvider, cancellationToken),
        StartRuntimeAsync = async (options, store, cancellationToken) =>
            new RuntimeConnections(await SidecarRuntime.StartAsync(options, store, loggers, timeProvider, cancellationToken)),
    };
}
