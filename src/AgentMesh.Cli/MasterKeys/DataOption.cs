using System.CommandLine;
using AgentMesh.Cli.Terminal;
using AgentMesh.LocalData;

namespace AgentMesh.Cli.MasterKeys;

/// <summary><c>--data</c>, with the launcher's meaning and default.</summary>
internal sealed class DataOption
{
    private readonly Option<string?> _data = CliOptions.Path(
        "--data", "DIR", "The mesh's data folder, as in `run --data`. Default: .agentmesh in the repository's root.");

    /// <summary>Adds the option to a command.</summary>
    public DataOption(Command command) => command.Add(_data);

    /// <summary>The file of secrets in the folder.</summary>
    public string SecretsFileOf(ParseResult parsed, CliParts parts) => Path.Combine(
        parsed.GetValue(_data) is { } given ? parts.At(given)
        : MeshFolders.FindRunFile(parts.CurrentFolder, parts.ProgramFolder) is { } runFile ? MeshFolders.DataOf(runFile, parts.CurrentFolder)
        : Path.Combine(parts.CurrentFolder, MeshFolders.DefaultData),
        SecretsFile.FileName);
}
