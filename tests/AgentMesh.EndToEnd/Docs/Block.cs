using System.Text.RegularExpressions;

namespace AgentMesh.EndToEnd.Docs;

/// <summary>A fenced block of a page.</summary>
/// <param name="Page">The page, from the root of the checkout.</param>
/// <param name="Line">Where it begins.</param>
/// <param name="Section">The heading that it stands below.</param>
/// <param name="Language">What stands behind the fence.</param>
/// <param name="FileName">What stands behind that: the file that commands find the block as; empty: none.</param>
/// <param name="Lines">Its lines.</param>
internal sealed partial record Block(string Page, int Line, string Section, string Language, string FileName, IReadOnlyList<string> Lines)
{
    public string First => Lines.Count > 0 ? Lines[0] : "";

    public string Text => string.Join('\n', Lines);

    /// <summary>It has commands, and nobody has said why they are not run.</summary>
    public bool IsRun => Language is "sh" or "bash" or "console" && NotRun.WhyNot(this) is null;

    /// <summary>The blocks of a page, in order.</summary>
    public static IReadOnlyList<Block> Of(string page)
    {
        var blocks = new List<Block>();
        var section = "";
        Match? fence = null;
        var (begin, lines) = (0, new List<string>());
        foreach (var (number, line) in File.ReadLines(Path.Combine(Mesh.Root, page)).Index())
        {
            var mark = Fence().Match(line);
            if (fence is not null && mark.Success)
            {
                blocks.Add(new Block(page, begin, section, fence.Groups[2].Value, fence.Groups[3].Value, [.. lines]));
                fence = null;
            }
            else if (fence is not null)
                // A block of a list is indented as its item is.
                lines.Add(line.StartsWith(fence.Groups[1].Value, StringComparison.Ordinal) ? line[fence.Groups[1].Length..] : line);
            else if (mark.Success)
                (fence, begin, lines) = (mark, number + 1, []);
            else if (line.StartsWith('#'))
                section = line.TrimStart('#', ' ');
        }

        Assert.True(fence is null, $"{page}:{begin} has no end.");
        return blocks;
    }

    /// <summary>What a reader runs, each with the answer that the page promises.</summary>
    public IEnumerable<Command> Commands() => Language == "console" ? Prompted() : [new Command(Text, null)];

    private IEnumerable<Command> Prompted()
    {
        Assert.True(First.StartsWith("$ ", StringComparison.Ordinal), $"{Page}:{Line}: a console block begins with a prompt.");
        for (var next = 0; next < Lines.Count;)
        {
            var command = Lines[next++][2..];
            while (IsOpen(command) && next < Lines.Count)
                command += '\n' + Lines[next++];
            var answer = Lines.Skip(next).TakeWhile(line => !line.StartsWith("$ ", StringComparison.Ordinal)).ToArray();
            next += answer.Length;
            yield return new Command(command, string.Join('\n', answer).Trim('\n'));
        }
    }

    private static bool IsOpen(string command) => command.EndsWith('\\') || command.Count(letter => letter == '\'') % 2 == 1;

    [GeneratedRegex("^( *)```(\\S*) *(\\S*) *$")]
    private static partial Regex Fence();
}

/// <summary>What a reader copies into a terminal.</summary>
/// <param name="Text">The command, or a whole script of them.</param>
/// <param name="Answer">What is printed; null: that is not said, and it has to succeed.</param>
internal sealed record Command(string Text, string? Answer);
