using System.Globalization;
using System.Text.RegularExpressions;

namespace AgentMesh.Tidy;

/// <summary>That what pages point at is there. What their commands print is looked at by <c>DocsTests</c>.</summary>
public sealed partial class PageTests
{
    private static readonly string[] Everywhere = ["docs", "src", "tests", "bench", "samples", "helm", "components", "dapr"];

    public static TheoryData<string> Pages =>
    [
        .. Directory.EnumerateFiles(Repository.Root, "*.md").Select(file => Path.GetRelativePath(Repository.Root, file)).Order(StringComparer.Ordinal),
        .. Everywhere.SelectMany(folder => Repository.Files(folder, "*.md")).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_LeadSomewhere(string page)
    {
        var folder = Path.GetDirectoryName(page)!;
        var dead = Link().Matches(WithoutCode(page)).Select(match => match.Groups[1].Value).Where(link => !link.Contains("://", StringComparison.Ordinal) && IsDead(folder, page, link));
        Assert.Empty(dead);
    }

    /// <summary>C# on a page for users is C# of a sample, which is built and run.</summary>
    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/howto-models.md")]
    public void CSharp_IsOfASample(string page)
    {
        var sources = Repository.Files("samples", "*.cs").Select(file => Flat(Repository.Read(file))).ToArray();
        var blocks = CSharp().Matches(Repository.Read(page)).Select(match => Flat(match.Groups[1].Value)).ToArray();
        Assert.NotEmpty(blocks);
        Assert.All(
            blocks, shown => Assert.Contains(sources, source => source.Contains(shown, StringComparison.Ordinal)));
    }

    /// <summary>What the README says it runs on is what it is built and set up with. <c>{0}</c> is the version, as its file has it.</summary>
    [Theory]
    [InlineData("Directory.Packages.props", "Include=\"Dapr.Actors\" Version=\"([^\"]+)\"", "| Dapr's SDK for .NET | {0}, ")]
    [InlineData("compose.yaml", "image: daprio/daprd:(\\S+)", "`daprd` {0} and newer")]
    [InlineData("helm/agentmesh/Chart.yaml", "kubeVersion: \">=(\\d+\\.\\d+)\\.", "| {0} and newer with Dapr ")]
    [InlineData("global.json", "\"version\": \"(\\d+\\.\\d+)\\.", "| SDK {0}, runtime {0} |")]
    public void SupportMatrix_HasTheVersionOf(string file, string version, string text)
    {
        var found = Regex.Match(Repository.Read(file), version);
        Assert.True(found.Success);
        Assert.Contains(string.Format(CultureInfo.InvariantCulture, text, found.Groups[1].Value), Repository.Read("README.md"), StringComparison.Ordinal);
    }

    private static bool IsDead(string folder, string page, string link)
    {
        var (path, anchor) = link.Split('#', 2) is [var before, var behind] ? (before, behind) : (link, "");
        var target = path.Length == 0 ? page : Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, folder, Uri.UnescapeDataString(path))));
        if (target.StartsWith("..", StringComparison.Ordinal) || !Path.Exists(Path.Combine(Repository.Root, target)))
            return true;
        return anchor.Length > 0 && target.EndsWith(".md", StringComparison.Ordinal) && !Heading().Matches(WithoutCode(target)).Select(match => AnchorOf(match.Groups[1].Value)).Contains(anchor);
    }

    /// <summary>The name that GitHub gives to a heading.</summary>
    private static string AnchorOf(string heading) => NoWord().Replace(LinkText().Replace(heading.Trim().ToLowerInvariant(), "$1"), "").Replace(' ', '-');

    private static string WithoutCode(string page) => Inline().Replace(Fenced().Replace(Repository.Read(page), ""), "");

    private static string Flat(string code) => Blank().Replace(code, "");

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkText();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoWord();

    [GeneratedRegex("^ *```.*?^ *```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fenced();

    // Headings keep the text of theirs.
    [GeneratedRegex("(?<!^#.*)`[^`\n]*`", RegexOptions.Multiline)]
    private static partial Regex Inline();

    [GeneratedRegex("^ *```csharp\n(.*?)^ *```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CSharp();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}
