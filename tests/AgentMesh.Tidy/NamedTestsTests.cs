using System.Text.RegularExpressions;

namespace AgentMesh.Tidy;

/// <summary>Pages that name tests as their proof name tests that are there.</summary>
public sealed partial class NamedTestsTests
{
    [Theory]
    [InlineData("docs/durable-objects.md")]
    [InlineData("docs/threat-model.md")]
    [InlineData("README.md")]
    public void EveryTestThatIsNamed_Exists(string page)
    {
        var named = TestName().Matches(File.ReadAllText(Path.Combine(Repository.Root, page)))
            .Select(match => (Class: match.Groups[1].Value, Method: match.Groups[2].Value)).ToArray();
        Assert.NotEmpty(named);
        var classes = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .ToLookup(Path.GetFileNameWithoutExtension, File.ReadAllText);
        Assert.All(named, test => Assert.Contains(classes[test.Class], text => text.Contains($" {test.Method}(", StringComparison.Ordinal)));
    }

    [GeneratedRegex("`([A-Za-z]+Tests)\\.([A-Za-z0-9_]+)`")]
    private static partial Regex TestName();
}
