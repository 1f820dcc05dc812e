using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;

namespace AgentMesh.Tidy;

/// <summary>Bugs that are planted for the crash-test kit are in a build of their own, which nobody ships.</summary>
public sealed partial class PlantedBugTests
{
    private const string Type = "PlantedBugs";

    public static TheoryData<string> BuiltAssemblies => [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "AgentMesh.*.dll", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/')).Where(file => file.Contains("/bin/Release/", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(BuiltAssemblies))]
    public void BuiltAssembly_HasNoPlantedBug(string assembly)
    {
        using var file = new PEReader(File.OpenRead(Path.Combine(Repository.Root, assembly)));
        var metadata = file.GetMetadataReader();
        string[] types = [.. metadata.TypeDefinitions.Select(type => metadata.GetString(metadata.GetTypeDefinition(type).Name))];
        Assert.NotEmpty(types);
        Assert.DoesNotContain(Type, types);
    }

    [Fact]
    public void Source_AsksForPlantedBugs_OnlyInTheirBuild()
    {
        var offenders = Repository.Files("src", "*.cs").Where(file => Planted().Replace(Repository.Read(file), "").Contains(Type, StringComparison.Ordinal));
        Assert.Empty(offenders);
    }

    [Fact]
    public void EachPlantedBug_IsOneThatTheKitIsTriedWith()
    {
        var planted = Repository.Files("src", "*.cs").SelectMany(file => Name().Matches(Repository.Read(file))).Select(match => match.Groups[1].Value).Distinct();
        var tried = Tried().Matches(Repository.Read("tests/planted-bugs.sh")).Select(match => match.Groups[1].Value);
        Assert.Equal(tried.Order(StringComparer.Ordinal), planted.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void PlantedBugs_AreDefinedForNobodyElse()
    {
        // The constant comes from the property, and nothing in the checkout sets that.
        var definers = new[] { "*.props", "*.targets", "*.csproj" }.SelectMany(pattern => Repository.Files(".", pattern))
            .Where(file => Repository.Read(file).Contains("PLANTED_BUGS", StringComparison.Ordinal) || Repository.Read(file).Contains("<PlantedBugs>", StringComparison.Ordinal));
        Assert.Equal(["Directory.Build.props"], definers.Select(Path.GetFileName));
    }

    [GeneratedRegex(@"#if PLANTED_BUGS\r?\n.*?#endif", RegexOptions.Singleline)]
    private static partial Regex Planted();

    [GeneratedRegex("""PlantedBugs\.Is\("(\w+)"\)""")]
    private static partial Regex Name();

    [GeneratedRegex(@"^  (\w+) \w+ \d+$", RegexOptions.Multiline)]
    private static partial Regex Tried();
}
