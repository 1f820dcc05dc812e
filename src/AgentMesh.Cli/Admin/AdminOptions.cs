using System.CommandLine;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;
using AgentMesh.Primitives;

namespace AgentMesh.Cli.Admin;

/// <summary>The options of commands that do what admins do: where the gateway is, who asks, and which tenant it is about.</summary>
internal sealed class AdminOptions
{
    /// <summary>The environment variable with the token. There is no option for it: a command line is in histories and in lists of processes.</summary>
    internal const string TokenVariable = "AGENTMESH_TOKEN";

    /// <summary>A file with more is no file with a token.</summary>
    private const int MaxTokenBytes = 16_384;

    private readonly Option<Uri?> _gateway = CliOptions.Url("--url", $"The mesh's gateway. Default: the ready file's, else {MeshPlace.DefaultGateway}.");

    private readonly Option<string?> _readyFile = CliOptions.Path("--ready-file", "FILE", "Where the launcher wrote the addresses, for a mesh that runs with --free-ports.");

    private readonly Option<string?> _tokenFile = CliOptions.Path(
        "--token-file", "FILE", $"A file with the admin's API key or token. Default: the environment variable {TokenVariable}; without either, nobody's, which is an admin's in Development.");

    private readonly Option<TenantId?> _tenant = new("--tenant")
    {
        Description = "The tenant it is about. Default: the token's.",
        HelpName = "TENANT",
        CustomParser = result =>
        {
            var text = result.Tokens.Single().Value;
            if (TenantId.TryParse(text, out var tenant))
                return tenant;
            result.AddError($"--tenant: '{text}' is no tenant");
            return null;
        },
    };

    /// <summary>Adds the options to a command.</summary>
    public AdminOptions(Command command)
    {
        command.Add(_gateway);
        command.Add(_readyFile);
        command.Add(_tokenFile);
        command.Add(_tenant);
    }

    /// <summary>Where requests go, and in whose name.</summary>
    /// <exception cref="CliException">A file is not there, or is none of its kind; or the token would go over the network in the clear.</exception>
    public AdminPlace Read(ParseResult parsed, CliParts parts)
    {
        var gateway = parsed.GetValue(_gateway) ?? (parsed.GetValue(_readyFile) is { } ready ? ReadyFile.Read(parts.At(ready)) : MeshPlace.Default).Gateway;
        var token = parsed.GetValue(_tokenFile) is { } file ? ReadToken(parts.At(file)) : parts.Token is { Length: > 0 } set ? Checked(set, TokenVariable) : null;
        return token is not null && gateway is { IsLoopback: false, Scheme: "http" }
            ? throw new CliException($"{gateway} is not on this machine and not https: whoever is in between would read the token", ExitCodes.Usage)
            : new AdminPlace(gateway, token, parsed.GetValue(_tenant));
    }

    private static string ReadToken(string path)
    {
        if (!File.Exists(path))
            throw new CliException($"the token file {path} is not there", ExitCodes.Usage);
        return new FileInfo(path).Length > MaxTokenBytes ? throw NotToken(path) : Checked(File.ReadAllText(path), path);
    }

    // What is in it goes into a header, and into no message.
    private static string Checked(string text, string from)
    {
        var token = text.Trim();
        return token.Length > 0 && !token.AsSpan().ContainsAnyExceptInRange('!', '~') ? token : throw NotToken(from);
    }

    private static CliException NotToken(string from) => new($"what is in {from} is no token: one line of ASCII without blanks", ExitCodes.Usage);
}

/// <summary>Where requests of an admin go.</summary>
/// <param name="Gateway">The gateway.</param>
/// <param name="Token">In whose name; null: in nobody's.</param>
/// <param name="Tenant">Which tenant they are about; null: the token's.</param>
internal sealed record AdminPlace(Uri Gateway, string? Token, TenantId? Tenant);
