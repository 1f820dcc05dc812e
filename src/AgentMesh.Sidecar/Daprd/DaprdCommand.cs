using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Launcher;

namespace AgentMesh.Sidecar.Daprd;

/// <summary>The program under the name <c>daprd</c>, or with that as its first argument: the sidecar of one app, with daprd's flags.</summary>
internal static class DaprdCommand
{
    public const string Name = "daprd";

    /// <summary>Whether a command line is meant for it; then what it is.</summary>
    /// <param name="program">The program's own file.</param>
    /// <param name="arguments">Without the program's name.</param>
    public static string[]? Match(string? program, string[] arguments) =>
        Path.GetFileNameWithoutExtension(program) == Name ? arguments : arguments is [Name, .. var rest] ? rest : null;

    /// <summary>Runs until a signal or the app asks to stop. Returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var warnings = new List<string>();
        var flags = new DaprdFlags(arguments, warnings);
        if (flags.WantsVersion || flags.WantsBuildInfo)
        {
            await Console.Out.WriteLineAsync(flags.WantsVersion ? MetadataApi.RuntimeVersion : $"Version: {MetadataApi.RuntimeVersion}\nGit Commit: \nGit Version: ");
            return 0;
        }

        var options = flags.Read(warnings);
        using var stop = StopRequest.OfSignals();
        // On standard output, as daprd has them.
        using var loggers = LoggerFactory.Create(logging => logging
            .SetMinimumLevel(options.LogLevel)
            .AddFilter("Microsoft", level => level >= LogLevel.Warning)
            .AddSimpleConsole(console => console.SingleLine = true));
        return await new DaprdRun(options, ProgramParts.OfThisMachine(), loggers).RunAsync(warnings, stop);
    }
}
