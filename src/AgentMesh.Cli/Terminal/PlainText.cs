using System.Globalization;
using System.Text;

namespace AgentMesh.Cli.Terminal;

/// <summary>A stranger's text on a terminal: a server must not move the cursor, rewrite what was shown, or set the window's title.</summary>
internal static class PlainText
{
    /// <summary>The text with its control and formatting characters shown as escapes; line ends and tabs stay where lines are allowed.</summary>
    /// <param name="text">Anything.</param>
    /// <param name="keepsLines">Several lines are allowed.</param>
    public static string Of(string text, bool keepsLines = false)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (keepsLines && c is '\n' or '\t')
                plain.Append(c);
            else if (IsPlain(c))
                plain.Append(c);
            else if (!(keepsLines && c == '\r'))
                plain.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return plain.ToString();
    }

    // Format: marks that turn the direction of text, which can make an address read as another one.
    private static bool IsPlain(char c) =>
        char.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
