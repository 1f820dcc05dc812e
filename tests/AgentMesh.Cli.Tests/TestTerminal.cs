using System.Security.Cryptography;
using AgentMesh.Cli.Terminal;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Cli.Tests;

/// <summary>A user with an empty home, at a terminal that keeps what is printed.</summary>
internal sealed class TestTerminal : IDisposable
{
    /// <summary>The user's folder.</summary>
    public string Home { get; } = Directory.CreateTempSubdirectory("agentmesh-test-").FullName;

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));

    /// <summary>The token of the environment.</summary>
    public string? Token { get; set; }

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
        using var error = new StringWriter();
        using var random = RandomNumberGenerator.Create();
        var exitCode = await CommandLine.InvokeAsync(arguments, new CliParts
        {
            Output = TextWriter.Synchronized(output),
            Error = TextWriter.Synchronized(error),
            TimeProvider = Time,
            Random = random,
            CurrentFolder = Home,
            ProgramFolder = Home,
            Home = Home,
            Token = Token,
        }, ctrlC);
        Everything += output.ToString() + error;
        return new Ran(exitCode, output.ToString(), error.ToString());
    }

    public void Dispose() => Directory.Delete(Home, recursive: true);
}

/// <summary>What a command did.</summary>
internal sealed record Ran(int ExitCode, string Output, string Error);
