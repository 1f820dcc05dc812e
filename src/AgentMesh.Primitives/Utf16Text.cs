namespace AgentMesh.Primitives;

/// <summary>Text with a limit in UTF-16 units.</summary>
public static class Utf16Text
{
    /// <summary>The beginning of a text that fits. A pair of surrogates is one character and is not parted.</summary>
    /// <param name="text">The text.</param>
    /// <param name="length">How many UTF-16 units it may have.</param>
    public static string Cut(string text, int length)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length <= length)
            return text;
        return text[..(length > 0 && char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
    }
}
