using System.CommandLine;
using AgentMesh.Cli.Terminal;

namespace AgentMesh.Cli.Meshes;

/// <summary>The options that say where a mesh is, of the commands that talk to one.</summary>
internal sealed class MeshOptions
{
    private readonly Option<Uri?> _gateway = CliOptions.Url("--gateway", $"The mesh's gateway. Default: the ready file's, else {MeshPlace.DefaultGateway}.");

    private readonly Option<Uri?> _facilitator = CliOptions.Url(
        "--facilitator", $"The simulated facilitator, which has the faucet. Default: the ready file's, else {MeshPlace.DefaultFacilitator}.");

    private readonly Option<string?> _readyFile = CliOptions.Path("--ready-file", "FILE", "Where the launcher wrote the addresses, for a mesh that runs with --free-ports.");

    /// <summary>Adds the options to a command.</summary>
    public MeshOptions(Command command)
    {
        // As the commands call it that talk to a gateway alone.
        _gateway.Aliases.Add("--url");
        command.Add(_gateway);
        command.Add(_facilitator);
        command.Add(_readyFile);
    }

    /// <summary>Where the mesh is.</summary>
    /// <exception cref="CliException">The ready file is not there, or is none.</exception>
    public MeshPlace Read(ParseResult parsed, CliParts parts)
    {
        var place = parsed.GetValue(_readyFile) is { } file ? ReadyFile.Read(parts.At(file)) : MeshPlace.Default;
        if (parsed.GetValue(_gateway) is { } gateway)
            place = place with { Gateway = gateway };
        return parsed.GetValue(_facilitator) is { } facilitator ? place with { Facilitator = facilitator, IsFacilitatorNamed = true } : place;
    }
}
