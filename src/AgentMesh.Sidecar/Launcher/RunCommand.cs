using System.Security.Cryptography;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>Composes the commands on this machine: the real clock, console, processes, store and sidecar.</summary>
internal static class RunCommand
{
    private static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>All commands.</summary>
    public static CommandVerbs Verbs => new(
        RunAsync,
        options => new StopCommand(RunRegistry.OfUser(Home), Console.Out, Console.Error, TimeProvider.System).RunAsync(options, Directory.GetCurrentDirectory()),
        json => new ListCommand(RunRegistry.OfUser(Home), Console.Out, TimeProvider.System).RunAsync(json));

    /// <summary>Runs until a signal asks to stop. Returns the exit code.</summary>
    private static async Task<int> RunAsync(RunOptions options)
    {
        using var stop = StopRequest.OfSignals();
        return await new MeshRun(options, Compose(TimeProvider.System)).RunAsync(stop);
    }

    private static LauncherParts Compose(TimeProvider timeProvider) => new()
    {
        // Console.Out is synchronized and flushes itself.
        Console = Console.Out,
        TimeProvider = timeProvider,
        Environment = AppEnvironment.Ours(),
        CurrentFolder = Directory.GetCurrentDirectory(),
        ProgramFolder = AppContext.BaseDirectory,
        Home = Home,
        Random = new Random(),
        RandomBytes = RandomNumberGenerator.GetBytes,
        Registry = RunRegistry.OfUser(Home),
        StartRuntimeAsync = async (options, store, loggers, cancellationToken) =>
            new RuntimeConnections(await SidecarRuntime.StartAsync(options, store, loggers, timeProvider, cancellationToken)),
    };
}
