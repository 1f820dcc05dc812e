using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Sessions;

/// <summary>
/// Names of sessions. The server makes them: 16 bytes as 26 characters of base32 (RFC 4648, lower case). They are derived from what
/// asked for the session, so that a repeated request finds the session it made and makes no second one.
/// </summary>
public static class SessionId
{
    /// <summary>Characters of an id.</summary>
    public const int Length = 26;

    internal const int Bytes = 16;

    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private static readonly SearchValues<char> Characters = SearchValues.Create(Alphabet);

    /// <summary>The id of the session that a request makes.</summary>
    /// <param name="requestId">The gateway's id of the request.</param>
    /// <param name="idempotencyKey">The caller's key, which then counts alone; null for none.</param>
    public static string Of(string requestId, string? idempotencyKey) =>
        Encode(SHA256.HashData(Encoding.UTF8.GetBytes(idempotencyKey is null ? "request:" + requestId : "key:" + idempotencyKey)).AsSpan(0, Bytes));

    /// <summary>True for a text that can be an id.</summary>
    public static bool IsWellFormed(string text) => text.Length == Length && !text.AsSpan().ContainsAnyExcept(Characters);

    /// <summary>True for a text that is the id of a session: of its last character two bits count for nothing, so a well-formed text need not be one.</summary>
    public static bool IsId(string text) => IsWellFormed(text) && Encode(Decode(text).AsSpan(0, Bytes)) == text;

    internal static string Encode(ReadOnlySpan<byte> id) => Base32.Encode(id);

    internal static byte[] Decode(string text)
    {
        var id = new byte[Bytes + 1];
        for (var at = 0; at < Length; at++)
        {
            var bits = Alphabet.IndexOf(text[at], StringComparison.Ordinal) << (11 - at * 5 % 8);
            id[at * 5 / 8] |= (byte)(bits >> 8);
            id[at * 5 / 8 + 1] |= (byte)bits;
        }

        return id[..Bytes];
    }
}
