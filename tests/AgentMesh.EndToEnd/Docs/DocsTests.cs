using System.Text.Json;

namespace AgentMesh.EndToEnd.Docs;

/// <summary>What the pages say to type is typed, and what they say comes back comes back.</summary>
public sealed class DocsTests(DocsMesh docs) : IClassFixture<DocsMesh>
{
    public static TheoryData<string> Pages =>
        ["README.md", .. Directory.EnumerateFiles(Path.Combine(Mesh.Root, "docs"), "*.md").Select(page => $"docs/{Path.GetFileName(page)}").Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Commands_AreAnsweredAsThePageSays(string page)
    {
        var blocks = Block.Of(page);
        if (!blocks.Any(block => block.IsRun))
            return;
        var wrong = await docs.RunAsync(blocks);
        Assert.True(wrong.Count == 0, string.Join("\n\n", wrong));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Json_IsJson(string page) => Assert.All(Block.Of(page).Where(block => block.Language == "json"), block => JsonElement.Parse(block.Text));

    /// <summary>A block of another language would be looked at by nobody.</summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public void Languages_AreThoseThatAreRunOrCompared(string page) =>
        Assert.Empty(Block.Of(page).Select(block => block.Language).Except(["sh", "bash", "console", "json", "csharp", "yaml", "text"]));

    [Fact]
    public void ReasonsNotToRunABlock_HaveTheirBlock()
    {
        var blocks = Pages.SelectMany(page => Block.Of(page)).ToArray();
        Assert.All(NotRun.Rows, row => Assert.Single(blocks, block => block.Page == row.Page && block.First == row.First));
    }
}
