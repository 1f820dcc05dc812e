using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AgentMesh.Cli.Meshes;

namespace AgentMesh.Cli.Terminal;

/// <summary>The world around the program; tests replace some of it.</summary>
internal sealed record CliParts
{
    private const int KeyBytes = 16;

    /// <summary>For what was asked for.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>What the user says: at a terminal, or from a file or another program.</summary>
    public required TextReader Input { get; init; }

    /// <summary>A person sits at the other end of <see cref="Input"/>.</summary>
    public bool IsInputTerminal { get; init; }

    /// <summary>Calls back at each Ctrl-C, until it is disposed of: for what goes on after the first one.</summary>
    public Func<Action, IDisposable> OnCtrlC { get; init; } = ListenToCtrlC;

    /// <summary>For complaints and remarks.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>A person sits at the other end of <see cref="Error"/>.</summary>
    public bool IsErrorTerminal { get; init; }

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
        Input = Console.In,
        IsInputTerminal = !Console.IsInputRedirected,
        IsErrorTerminal = !Console.IsErrorRedirected,
        TimeProvider = TimeProvider.System,
        Random = RandomNumberGenerator.Create(),
        CurrentFolder = Directory.GetCurrentDirectory(),
        ProgramFolder = AppContext.BaseDirectory,
        Token = Environment.GetEnvironmentVariable(TokenOption.Variable),
        Home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
    };

    /// <summary>A key by which a request acts once, however often it is sent.</summary>
    public string NewKey()
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        Random.GetBytes(key);
        return $"cli-{Convert.ToHexStringLower(key)}";
    }

    /// <summary>The absolute path of one that was given.</summary>
    public string At(string path) => Path.GetFullPath(path, CurrentFolder);

    private static PosixSignalRegistration ListenToCtrlC(Action pressed) => PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
    {
        context.Cancel = true;
        pressed();
    });
}
