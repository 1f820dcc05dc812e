namespace AgentMesh.Primitives;

/// <summary>
/// The one grammar of names that become actor ids and state keys: 1-64 of <c>[a-z0-9._-]</c>, first a letter or digit.
/// Lower case only, because Dapr's <c>ActorId</c> compares without case but hashes with it; no character that would
/// need escaping, because the SDK puts ids into paths unescaped.
/// </summary>
internal static class IdGrammar
{
    internal const int MaxLength = 64;

    internal static bool IsValid(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > MaxLength || !char.IsAsciiLetterLower(text[0]) && !char.IsAsciiDigit(text[0]))
            return false;
        foreach (var c in text[1..])
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('.' or '_' or '-'))
                return false;
        }

        return true;
    }
}
