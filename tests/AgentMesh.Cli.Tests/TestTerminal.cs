using System.Security.Cryptography;
using AgentMesh.Cli.Terminal;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Cli.Tests;

/// <summary>A user with an empty home, at a terminal that keeps what is printed.</summary>
internal sealed class TestTerminal : IDisposable
{
    /// <summary>Whatever waits for the clock, which stands still, or for what does not happen, would wait without end.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The user's folder.</summary>
    public string Home { get; } = Directory.CreateTempSubdirectory("agentmesh-test-").FullName;

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));

    /// <summary>The clock in place of <see cref="Time"/>, for what has to go on by itself.</summary>
    public TimeProvider? Clock { get; set; }

    /// <summary>The token of the environment.</summary>
    public string? Token { get; set; }

    /// <summary>What the user types.</summary>
    public TextReader Input { get; set; } = TextReader.Null;

    /// <summary>A person types it.</summary>
    public bool IsInputTerminal { get; set; }

    /// <summary>A person reads the error output.</summary>
    public bool IsErrorTerminal { get; set; }

    /// <summary>Told each line of the error output as it is written.</summary>
    public Action<string>? Told { get; set; }

    /// <summary>Presses Ctrl-C, for a command that listens itself.</summary>
    public Action PressCtrlC { get; private set; } = () => throw new InvalidOperationException("Nobody listens.");

    public string KeyFile => At(".agentmesh/buyer.key");

    /// <summary>All that was ever printed.</summary>
    public string Everything { get; private set; } = "";

    /// <summary>Files of payments that are not over.</summary>
    public string[] Unfinished => Directory.Exists($"{KeyFile}.payments") ? Directory.GetFiles($"{KeyFile}.payments") : [];

    public string At(string path) => Path.Combine(Home, path);

    public string Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
        return At(path);
    }

    /// <summary>Runs a command as the program does.</summary>
    public Task<Ran> RunAsync(params string[] arguments) => RunAsync(TestContext.Current.CancellationToken, arguments);

    /// <summary>Runs a command until it is over or <paramref name="ctrlC"/> is pressed.</summary>
    public async Task<Ran> RunAsync(CancellationToken ctrlC, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new ToldWriter(line => Told?.Invoke(line));
        using var random = RandomNumberGenerator.Create();
        var exitCode = await CommandLine.InvokeAsync(arguments, new CliParts
        {
            Output = TextWriter.Synchronized(output),
            Error = TextWriter.Synchronized(error),
            Input = Input,
            IsInputTerminal = IsInputTerminal,
            IsErrorTerminal = IsErrorTerminal,
            OnCtrlC = pressed =>
            {
                PressCtrlC = pressed;
                return new MemoryStream();
            },
            TimeProvider = Clock ?? Time,
            Random = random,
            CurrentFolder = Home,
            ProgramFolder = Home,
            Home = Home,
            Token = Token,
        }, ctrlC).WaitAsync(Limit, CancellationToken.None);
        Everything += output.ToString() + error;
        return new Ran(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Nobody waits: a pause that is told is over.</summary>
    public void SkipPauses() => Told = line =>
    {
        if (line.Contains("Again in", StringComparison.OrdinalIgnoreCase))
            Time.Advance(TimeSpan.FromMinutes(3));
    };

    public void Dispose() => Directory.Delete(Home, recursive: true);

    private sealed class ToldWriter(Action<string> told) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            told(value ?? "");
        }
    }
}

/// <summary>What a command did.</summary>
internal sealed record Ran(int ExitCode, string Output, string Error);
