using System.Security.Cryptography;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>The world around the program, under whichever of its names; tests replace some of it.</summary>
internal sealed record ProgramParts
{
    /// <summary>For the user: progress, the apps' output, the lines that tools wait for. Safe for concurrent use.</summary>
    public required TextWriter Console { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider TimeProvider { get; init; }

    /// <summary>Our own environment.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>What relative paths of the command line start from.</summary>
    public required string CurrentFolder { get; init; }

    /// <summary>Where the executable is.</summary>
    public required string ProgramFolder { get; init; }

    /// <summary>The user's folder.</summary>
    public required string Home { get; init; }

    /// <summary>Spreads free ports.</summary>
    public required Random Random { get; init; }

    /// <summary>Secure random bytes, as many as asked.</summary>
    public required Func<int, byte[]> RandomBytes { get; init; }

    /// <summary>The runs of this user.</summary>
    public RunRegistry Registry => RunRegistry.OfUser(Home);

    /// <summary>Dapr's namespace.</summary>
    public string Namespace => Variable("NAMESPACE") ?? "default";

    /// <summary>A variable of our environment; null when it is not set, or empty.</summary>
    public string? Variable(string name) => Environment.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    /// <summary>The real ones: clock, console, folders, randomness.</summary>
    public static ProgramParts OfThisMachine() => new()
    {
        // Console.Out is synchronized and flushes itself.
        Console = System.Console.Out,
        TimeProvider = TimeProvider.System,
        Environment = AppEnvironment.Ours(),
        CurrentFolder = Directory.GetCurrentDirectory(),
        ProgramFolder = AppContext.BaseDirectory,
        Home = System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile),
        Random = new Random(),
        RandomBytes = RandomNumberGenerator.GetBytes,
    };

    /// <summary>A fresh id.</summary>
    public Guid NewId() => new(RandomBytes(16));
}
