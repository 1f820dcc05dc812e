using System.Buffers;
using System.Globalization;
using System.Text;

namespace AgentMesh.Agents.ApiKeys;

/// <summary>What people call a key: 1-64 characters that are seen where it is listed.</summary>
internal static class ApiKeyName
{
    /// <summary>
    /// True for a name. Nothing in it moves the text around it or hides in it: no controls, no marks of direction or width, no half of a pair of surrogates;
    /// and no space at its ends, where nobody sees it.
    /// </summary>
    internal static bool IsWellFormed(string name)
    {
        if (name.Length is 0 or > ApiKeyLimits.NameCharacters || char.IsWhiteSpace(name[0]) || char.IsWhiteSpace(name[^1]))
            return false;
        for (var rest = name.AsSpan(); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) != OperationStatus.Done || !IsPrintable(rune))
                return false;
            rest = rest[length..];
        }

        return true;
    }

    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
