using System.CommandLine;
using AgentMesh.Cli.Terminal;
using AgentMesh.Primitives;

namespace AgentMesh.Cli.Meshes;

/// <summary>The options of commands that ask a gateway in somebody's name: where it is, who asks, and which tenant it is about.</summary>
internal sealed class GatewayOptions
{
    private readonly Option<Uri?> _gateway = CliOptions.Url("--url", $"The mesh's gateway. Default: the ready file's, else {MeshPlace.DefaultGateway}.");

    private readonly Option<string?> _readyFile = CliOptions.Path("--ready-file", "FILE", "Where the launcher wrote the addresses, for a mesh that runs with --free-ports.");

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

    private readonly TokenOption _token;

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="whose">Whose token it takes, such as "the admin's".</param>
    public GatewayOptions(Command command, string whose)
    {
        command.Add(_gateway);
        command.Add(_readyFile);
        _token = new TokenOption(command, whose);
        command.Add(_tenant);
    }

    /// <summary>Where requests go, and in whose name.</summary>
    /// <exception cref="CliException">A file is not there, or is none of its kind; or the token would go over the network in the clear.</exception>
    public GatewayPlace Read(ParseResult parsed, CliParts parts)
    {
        var gateway = parsed.GetValue(_gateway) ?? (parsed.GetValue(_readyFile) is { } ready ? ReadyFile.Read(parts.At(ready)) : MeshPlace.Default).Gateway;
        return new GatewayPlace(gateway, _token.Read(parsed, parts, [gateway]), parsed.GetValue(_tenant));
    }
}

/// <summary>Where requests go.</summary>
/// <param name="Gateway">The gateway.</param>
/// <param name="Token">In whose name; null: in nobody's.</param>
/// <param name="Tenant">Which tenant they are about; null: the token's.</param>
internal sealed record GatewayPlace(Uri Gateway, string? Token, TenantId? Tenant);
