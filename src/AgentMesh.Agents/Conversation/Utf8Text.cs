using System.Text;

namespace AgentMesh.Agents.Conversation;

/// <summary>Text with a limit in bytes.</summary>
public static class Utf8Text
{
    /// <summary>The beginning of a text that fits, cut between characters.</summary>
    /// <param name="text">The text.</param>
    /// <param name="bytes">How many bytes of UTF-8 it may have.</param>
    public static string Cut(string text, int bytes)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Encoding.UTF8.GetByteCount(text) <= bytes)
            return text;
        var (characters, left) = (0, bytes);
        foreach (var rune in text.EnumerateRunes())
        {
            left -= rune.Utf8SequenceLength;
            if (left < 0)
                break;
            characters += rune.Utf16SequenceLength;
        }

        return text[..characters];
    }
}
