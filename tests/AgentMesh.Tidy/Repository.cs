using System.Reflection;
using System.Xml.Linq;

namespace AgentMesh.Tidy;

/// <summary>The checkout these tests look at.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == "Root").Value!);

    /// <summary>Files below a folder of the checkout, build output and packages left out, relative to the root with forward slashes.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        !Directory.Exists(Path.Combine(Root, folder)) ? [] :
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(file => !file.Split('/').Any(part => part is "bin" or "obj" or "node_modules"));

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    public static IEnumerable<string> Projects() => new[] { "src", "tests", "bench", "samples" }.SelectMany(folder => Files(folder, "*.csproj"));

    /// <summary>The projects and packages a project names.</summary>
    public static IReadOnlySet<string> References(string project) => XDocument.Parse(Read(project)).Descendants()
        .Where(element => element.Name.LocalName is "ProjectReference" or "PackageReference" && (string?)element.Attribute("ReferenceOutputAssembly") != "false")
        .Select(element => Path.GetFileNameWithoutExtension(element.Name.LocalName == "ProjectReference" ? element.Attribute("Include")!.Value : element.Attribute("Include")!.Value + ".x"))
        .ToHashSet(StringComparer.Ordinal);
}
