namespace AgentMesh.Primitives;

/// <summary>Bytes as text of <c>[a-z2-7]</c>: base32 of RFC 4648, section 6, in lower case and without padding.</summary>
public static class Base32
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>Characters that bytes take.</summary>
    public static int LengthOf(int bytes) => (bytes * 8 + 4) / 5;

    /// <summary>The text of bytes.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new char[LengthOf(bytes.Length)];
        for (var at = 0; at < text.Length; at++)
        {
            // Five bits at a time, most significant first; what the last character has behind the last byte is 0.
            var bit = at * 5;
            var pair = bytes[bit / 8] << 8 | (bit / 8 + 1 < bytes.Length ? bytes[bit / 8 + 1] : 0);
            text[at] = Alphabet[pair >> (11 - bit % 8) & 31];
        }

        return new string(text);
    }

    /// <summary>Reads so many bytes; false for any text but the one that <see cref="Encode"/> makes of them, so that no bytes have two texts.</summary>
    /// <param name="text">The text.</param>
    /// <param name="bytes">Where they go; of no use when it is false.</param>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        if (text.Length != LengthOf(bytes.Length))
            return false;
        bytes.Clear();
        for (var at = 0; at < text.Length; at++)
        {
            var value = Alphabet.IndexOf(text[at], StringComparison.Ordinal);
            if (value < 0)
                return false;
            var place = at * 5 / 8;
            var bits = value << (11 - at * 5 % 8);
            bytes[place] |= (byte)(bits >> 8);
            if ((byte)bits == 0)
                continue;
            if (place + 1 == bytes.Length)
                return false;
            bytes[place + 1] |= (byte)bits;
        }

        return true;
    }
}
