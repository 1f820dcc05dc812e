using System.Security.Cryptography;
using AgentMesh.Cli.Admin;

namespace AgentMesh.Cli.Terminal;

/// <summary>The world around the program; tests replace some of it.</summary>
internal sealed record CliParts
{
    /// <summary>For what was asked for.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>For complaints and remarks.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider TimeProvider { get; init; }

    /// <summary>Makes keys, nonces and idempotency keys.</summary>
    public required RandomNumberGenerator Random { get; init; }

    /// <summary>What relative paths of the command line start from.</summary>
    public required string CurrentFolder { get; init; }

    /// <summary>Where the executable is.</summary>
    public required string ProgramFolder { get; init; }

    /// <summary>The user's folder.</summary>
    public required string Home { get; init; }

    /// <summary>The token of the environment; null: there is none.</summary>
    public string? Token { get; init; }

    /// <summary>The real ones.</summary>
    public static CliParts OfThisMachine() => new()
    {
        Output = Console.Out,
        Error = Console.Error,
        TimeProvider = TimeProvider.System,
        Random = RandomNumberGenerator.Create(),
        CurrentFolder = Directory.GetCurrentDirectory(),
        ProgramFolder = AppContext.BaseDirectory,
        Token = Environment.GetEnvironmentVariable(TokenOption.Variable),
        Home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
    };

    /// <summary>The absolute path of one that was given.</summary>
    public string At(string path) => Path.GetFullPath(path, CurrentFolder);
}
