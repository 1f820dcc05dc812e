using System.Text.RegularExpressions;

namespace AgentMesh.Tidy;

/// <summary>Rules about the text of the source.</summary>
public sealed partial class SourceTests
{
    private const int MaxLines = 300;

    [Fact]
    public void SourceFiles_HaveOneSubject()
    {
        var tooLong = Repository.Files("src", "*.cs").Where(file => Repository.Read(file).AsSpan().Count('\n') > MaxLines);
        Assert.Empty(tooLong);
    }

    [Fact]
    public void Folders_AreFeatures()
    {
        string[] banned = ["Services", "Models", "Helpers", "Extensions", "Utils", "Common"];
        Assert.DoesNotContain(Repository.Files("src", "*.cs"), file => file.Split('/').Intersect(banned).Any());
    }

    [Fact]
    public void Text_NamesNoMachine()
    {
        // Paths of one machine and package hosts belong to nobody's checkout.
        var offenders = new[] { "src", "tests", "bench", "samples", "docs", "dapr", "components", "helm", ".ci" }
            .SelectMany(folder => new[] { "*.cs", "*.md", "*.yaml", "*.csproj", "*.json", "*.tpl", "run" }.SelectMany(pattern => Repository.Files(folder, pattern)))
            .Where(file => !file.EndsWith("SourceTests.cs", StringComparison.Ordinal) && MachinePath().IsMatch(Repository.Read(file)));
        Assert.Empty(offenders);
    }

    [Fact]
    public void Source_SwallowsNothing()
    {
        var offenders = Repository.Files("src", "*.cs").Where(file => EmptyCatch().IsMatch(Repository.Read(file)));
        Assert.Empty(offenders);
    }

    [Fact]
    public void Source_LogsOnlyThroughGeneratedMethods()
    {
        var offenders = Repository.Files("src", "*.cs").Where(file => DirectLog().IsMatch(Repository.Read(file)));
        Assert.Empty(offenders);
    }

    /// <summary>Past <c>LongReads</c> many could ask one agent for its longest pages at once.</summary>
    [Fact]
    public void LongPages_AreReadInTurn()
    {
        var readers = Repository.Files("src/AgentMesh.Gateway", "*.cs").Where(file => LongPage().IsMatch(Repository.Read(file)));
        Assert.Equal(["src/AgentMesh.Gateway/Agents/LongReads.cs"], readers);
    }

    [GeneratedRegex(@"[cC]alls(\.Of\(\w+\))?\.(GetHistory|ListMail)Async\(")]
    private static partial Regex LongPage();

    [GeneratedRegex(@"/work/|/root/|/home/\w|api\.nuget\.org|registry\.npmjs\.org")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"catch\s*(\([^)]*\))?\s*(when\s*\([^{]*\))?\s*\{\s*\}")]
    private static partial Regex EmptyCatch();

    [GeneratedRegex(@"[lL]ogger\.Log(Trace|Debug|Information|Warning|Error|Critical)\(")]
    private static partial Regex DirectLog();
}
