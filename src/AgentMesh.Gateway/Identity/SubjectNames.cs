using System.Security.Cryptography;
using System.Text;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Identity;

/// <summary>Which user a token's subject is. Subjects are the issuer's, of any form; user ids have a grammar.</summary>
internal static class SubjectNames
{
    /// <summary>Names that stand for a subject outside of the grammar begin like this, and no subject inside of it may be taken for one of them.</summary>
    private const string HashedPrefix = "u-";

    /// <summary>
    /// The subject itself when it is a user id; else <c>u-</c> and the base32 of its SHA-256, whole: two subjects are never one user. A subject that looks
    /// like such a name is hashed too, so nobody can choose another's.
    /// </summary>
    public static UserId ToUser(string subject) =>
        UserId.TryParse(subject, out var user) && !subject.StartsWith(HashedPrefix, StringComparison.Ordinal) ? user : UserId.Parse(HashedPrefix + Base32.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(subject))));
}
