using AgentMesh.LocalData;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>Where a run reads and keeps its things. All paths are absolute.</summary>
/// <param name="RunFile">The run file; null: an app of the command line is run.</param>
/// <param name="Data">The data folder; null: one of the app's own.</param>
/// <param name="ReadyFile">Null: none is wanted.</param>
internal sealed record RunPaths(string? RunFile, string? Data, string? ReadyFile)
{
    /// <summary>Finds the run file, in the current folder first and then in the repository the executable was built in.</summary>
    /// <param name="options">The command line.</param>
    /// <param name="currentFolder">What relative paths start from.</param>
    /// <param name="programFolder">Where the executable is.</param>
    public static RunPaths Find(RunOptions options, string currentFolder, string programFolder)
    {
        var readyFile = options.ReadyFile is { } ready ? Path.GetFullPath(ready, currentFolder) : null;
        var data = options.Data is { } folder ? Path.GetFullPath(folder, currentFolder) : null;
        if (options.App is not null) return new RunPaths(null, data, readyFile);
        var runFile = options.RunFile is { } given ? RunFileAt(given, currentFolder) : FindRunFile(currentFolder, programFolder);
        if (!File.Exists(runFile)) throw new LauncherException($"the run file {runFile} does not exist", LauncherException.BadCommandLine);
        return new RunPaths(runFile, data ?? MeshFolders.DataOf(runFile, currentFolder), readyFile);
    }

    /// <summary>The run file a user means: the file, or <c>dapr.yaml</c> of the folder.</summary>
    public static string RunFileAt(string given, string currentFolder)
    {
        var path = Path.GetFullPath(given, currentFolder);
        return Directory.Exists(path) ? Path.Combine(path, "dapr.yaml") : path;
    }

    private static string FindRunFile(string currentFolder, string programFolder) => MeshFolders.FindRunFile(currentFolder, programFolder)
        ?? throw new LauncherException($"there is no {MeshFolders.DefaultRunFile} here; name the run file with -f FILE", LauncherException.BadCommandLine);
}
