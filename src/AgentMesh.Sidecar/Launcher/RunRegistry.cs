using System.Globalization;
using System.Text.Json;
using AgentMesh.LocalData;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>
/// What this user runs, one file per launcher in a folder only the user can read. A file counts as long as its process lives and is
/// still the one that wrote it; others are removed by whoever looks.
/// </summary>
/// <param name="folder">Absolute; made when it is not there.</param>
internal sealed class RunRegistry(string folder)
{
    /// <summary>The registry of a user.</summary>
    /// <param name="home">The user's folder.</param>
    public static RunRegistry OfUser(string home) => new(Path.Combine(home, ".agentmesh", "runs"));

    /// <summary>Writes a run down, or writes it anew.</summary>
    public void Write(RunRecord run)
    {
        PrivateFolder.Create(folder);
        WholeFile.Write(FileOf(run.Pid), JsonSerializer.SerializeToUtf8Bytes(run, LauncherJson.Default.RunRecord));
    }

    /// <summary>Strikes a run off.</summary>
    public void Remove(int pid) => File.Delete(FileOf(pid));

    /// <summary>The runs that live, oldest first. The files of those that do not are removed.</summary>
    public IReadOnlyList<RunRecord> Read()
    {
        if (!Directory.Exists(folder)) return [];
        var runs = new List<RunRecord>();
        foreach (var file in Directory.EnumerateFiles(folder, "*.json"))
        {
            if (ReadFile(file) is { IsAlive: true } run) runs.Add(run);
            else File.Delete(file);
        }

        return [.. runs.OrderBy(run => run.Created)];
    }

    private static RunRecord? ReadFile(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), LauncherJson.Default.RunRecord);
        }
        catch (Exception unreadable) when (unreadable is JsonException or FileNotFoundException)
        {
            // Cut short by a full disk, or the run has just ended: either way it says nothing about a living one.
            return null;
        }
    }

    private string FileOf(int pid) => Path.Combine(folder, pid.ToString(CultureInfo.InvariantCulture) + ".json");
}
