using System.Xml;
using System.Xml.Linq;
using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>The .NET project behind an app whose command is <c>dotnet path/to/App.dll</c>.</summary>
/// <param name="AppId">For messages.</param>
/// <param name="ProjectFile">The csproj in the app's folder.</param>
/// <param name="Output">The dll of the command.</param>
/// <param name="Configuration"><c>Release</c> of <c>bin/Release/…</c>.</param>
internal sealed record AppProject(string AppId, string ProjectFile, string Output, string Configuration)
{
    // What a project folder holds that no build reads.
    private static readonly string[] NotBuilt = [".md", ".http", ".user"];

    // Found by MSBuild and the SDK in every folder above a project.
    private static readonly string[] SharedFiles =
        ["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json"];

    /// <summary>Null when the app is not built by us: another command, or no csproj (or several) in its folder.</summary>
    public static AppProject? Of(RunFileApp app)
    {
        if (app.Command is not ["dotnet" or "dotnet.exe", var path, ..] || Path.GetExtension(path) != ".dll") return null;
        if (Directory.GetFiles(app.Directory, "*.csproj") is not [var projectFile]) return null;
        var parts = path.Split('/', '\\');
        var bin = Array.IndexOf(parts, "bin");
        var configuration = bin >= 0 && bin + 2 < parts.Length ? parts[bin + 1] : "Release";
        return new AppProject(app.AppId, projectFile, Path.GetFullPath(path, app.Directory), configuration);
    }

    /// <summary>Whether the output is there.</summary>
    public bool OutputExists => File.Exists(Output);

    /// <summary>
    /// Says when a build last looked at the sources: MSBuild leaves the dll as it is when only a copied file or the inside of a
    /// referenced project changed, and without this the next start would build again.
    /// </summary>
    public string StampFile => Path.Combine(Path.GetDirectoryName(ProjectFile)!, "obj", $"launcher.{Configuration}.stamp");

    /// <summary>Whether a source of the project, or of one it references, is newer than the output.</summary>
    public bool IsStale()
    {
        if (!OutputExists) return true;
        var built = File.GetLastWriteTimeUtc(Output);
        var stamped = File.GetLastWriteTimeUtc(StampFile);
        var upToDate = stamped > built ? stamped : built;
        return References(ProjectFile).Any(project => NewestSource(Path.GetDirectoryName(project)!) > upToDate);
    }

    /// <summary>The project and, transitively, those it references.</summary>
    private static HashSet<string> References(string projectFile)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([projectFile]);
        while (open.TryPop(out var project))
        {
            if (!File.Exists(project) || !found.Add(project)) continue;
            foreach (var reference in ReferencesOf(project))
                open.Push(Path.GetFullPath(reference.Replace('\\', '/'), Path.GetDirectoryName(project)!));
        }

        return found;
    }

    private static IEnumerable<string> ReferencesOf(string project)
    {
        try
        {
            return [.. XDocument.Load(project).Descendants("ProjectReference").Attributes("Include").Select(include => include.Value)];
        }
        catch (XmlException)
        {
            // The build says what is wrong with it.
            return [];
        }
    }

    private static DateTime NewestSource(string folder)
    {
        var sources = SourcesIn(new DirectoryInfo(folder)).ToList();
        for (var above = folder; above is not null; above = Path.GetDirectoryName(above))
            sources.AddRange(SharedFiles.Select(shared => new FileInfo(Path.Combine(above, shared))));
        return sources.Where(file => file.Exists && !NotBuilt.Contains(file.Extension)).Select(file => file.LastWriteTimeUtc).DefaultIfEmpty().Max();
    }

    private static IEnumerable<FileSystemInfo> SourcesIn(DirectoryInfo folder) => folder.EnumerateFileSystemInfos().Where(entry => !entry.Name.StartsWith('.')).SelectMany(
        entry => entry is not DirectoryInfo inner ? [entry]
            : inner.LinkTarget is null && inner.Name is not ("bin" or "obj" or "TestResults") ? SourcesIn(inner)
            : []);
}
