using System.Security.Cryptography;
using System.Text;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Identity;

/// <summary>Which user a token's subject is. Subjects are the issuer's, of any form; user ids have a grammar.</summary>
internal static class SubjectNames
{
    /// <summary>Names that stand for a subject outside of the grammar begin like this, and no subject inside of it may be taken for one of them.</summary>
    private const string HashedPrefix = "u-";

    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>
    /// The subject itself when it is a user id; else <c>u-</c> and the base32 of its SHA-256, whole: two subjects are never one user. A subject that looks
    /// like such a name is hashed too, so nobody can choose another's.
    /// </summary>
    public static UserId ToUser(string subject) =>
        UserId.TryParse(subject, out var user) && !subject.StartsWith(HashedPrefix, StringComparison.Ordinal) ? user : UserId.Parse(HashedPrefix + Base32(SHA256.HashData(Encoding.UTF8.GetBytes(subject))));

    private static string Base32(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder((bytes.Length * 8 + 4) / 5);
        var (bits, count) = (0, 0);
        foreach (var one in bytes)
        {
            (bits, count) = (bits << 8 | one, count + 8);
            for (; count >= 5; count -= 5)
                text.Append(Alphabet[bits >> count - 5 & 31]);
            bits &= (1 << count) - 1;
        }

        return count == 0 ? text.ToString() : text.Append(Alphabet[bits << 5 - count & 31]).ToString();
    }
}
