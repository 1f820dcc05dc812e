namespace AgentMesh.LocalData;

/// <summary>Where the mesh of one machine has its run file and keeps its data when nobody names another place.</summary>
public static class MeshFolders
{
    /// <summary>The data folder, in the repository's root.</summary>
    public const string DefaultData = ".agentmesh";

    /// <summary>The run file, from the repository's root.</summary>
    public static readonly string DefaultRunFile = Path.Combine("dapr", "dapr.yaml");

    private const string RootMark = "AgentMesh.sln";

    /// <summary>The run file of the current folder, else that of the repository the program was built in; null when it was built in none.</summary>
    /// <param name="currentFolder">Absolute.</param>
    /// <param name="programFolder">Where the executable is, absolute.</param>
    /// <returns>Absolute; of the repository, it need not be there.</returns>
    public static string? FindRunFile(string currentFolder, string programFolder)
    {
        var here = Path.Combine(currentFolder, DefaultRunFile);
        if (File.Exists(here))
            return here;
        return FolderWith(RootMark, programFolder) is { } root ? Path.Combine(root, DefaultRunFile) : null;
    }

    /// <summary>The data folder of a run file: in the root of its repository, else in the current folder.</summary>
    /// <param name="runFile">Absolute.</param>
    /// <param name="currentFolder">Absolute.</param>
    public static string DataOf(string runFile, string currentFolder) =>
        Path.Combine(FolderWith(RootMark, Path.GetDirectoryName(runFile)!) ?? currentFolder, DefaultData);

    private static string? FolderWith(string file, string start)
    {
        for (var folder = start; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, file)))
                return folder;
        }

        return null;
    }
}
