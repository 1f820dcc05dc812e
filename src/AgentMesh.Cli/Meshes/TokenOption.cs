using System.CommandLine;
using AgentMesh.Cli.Terminal;

namespace AgentMesh.Cli.Meshes;

/// <summary>Where a command's token comes from: a file, or the environment.</summary>
internal sealed class TokenOption
{
    /// <summary>The environment variable with the token. There is no option for it: a command line is in histories and in lists of processes.</summary>
    internal const string Variable = "AGENTMESH_TOKEN";

    /// <summary>A file with more is no file with a token.</summary>
    private const int MaxBytes = 16_384;

    private readonly Option<string?> _file;

    /// <summary>Adds the option to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="whose">Whose token it is, such as "the admin's".</param>
    public TokenOption(Command command, string whose) => command.Add(_file = CliOptions.Path(
        "--token-file", "FILE", $"A file with {whose} API key or token. Default: the environment variable {Variable}; without either, nobody's, which is enough in Development."));

    /// <summary>The token; null: none is given.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="parts">The world.</param>
    /// <param name="gateways">Where it is sent to.</param>
    /// <exception cref="CliException">What is given is none; or it would go over the network in the clear.</exception>
    public string? Read(ParseResult parsed, CliParts parts, IReadOnlyList<Uri> gateways)
    {
        var token = parsed.GetValue(_file) is { } file ? ReadFile(parts.At(file)) : parts.Token is { Length: > 0 } set ? Checked(set, Variable) : null;
        return token is not null && gateways.FirstOrDefault(gateway => gateway is { IsLoopback: false, Scheme: "http" }) is { } open
            ? throw new CliException($"{open} is not on this machine and not https: whoever is in between would read the token", ExitCodes.Usage)
            : token;
    }

    private static string ReadFile(string path)
    {
        if (!File.Exists(path))
            throw new CliException($"the token file {path} is not there", ExitCodes.Usage);
        return new FileInfo(path).Length > MaxBytes ? throw NotToken(path) : Checked(File.ReadAllText(path), path);
    }

    // What is in it goes into a header, and into no message.
    private static string Checked(string text, string from)
    {
        var token = text.Trim();
        return token.Length > 0 && !token.AsSpan().ContainsAnyExceptInRange('!', '~') ? token : throw NotToken(from);
    }

    private static CliException NotToken(string from) => new($"what is in {from} is no token: one line of ASCII without blanks", ExitCodes.Usage);
}
