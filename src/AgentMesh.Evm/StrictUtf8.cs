using System.Text;

namespace AgentMesh.Evm;

/// <summary>UTF-8 that refuses what is none. The usual encoding replaces it, and then a signature is of another text than the one shown.</summary>
internal static class StrictUtf8
{
    private static readonly UTF8Encoding Encoding = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static byte[] GetBytes(string text) => Encoding.GetBytes(text);

    /// <summary>Whether the text has UTF-8: every surrogate is half of a pair.</summary>
    public static bool TryGetBytes(string text, out byte[] bytes)
    {
        try
        {
            bytes = Encoding.GetBytes(text);
            return true;
        }
        catch (EncoderFallbackException)
        {
            bytes = [];
            return false;
        }
    }

    public static bool TryGetString(ReadOnlySpan<byte> bytes, out string text)
    {
        var valid = System.Text.Unicode.Utf8.IsValid(bytes);
        text = valid ? Encoding.GetString(bytes) : "";
        return valid;
    }
}
