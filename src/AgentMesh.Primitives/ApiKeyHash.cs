using System.Security.Cryptography;

namespace AgentMesh.Primitives;

/// <summary>
/// What is stored of an API key's secret: SHA-256 of salt and secret. No slow hash, because the secret is 256 random bits: there is nothing to guess,
/// and every request is checked. Both lengths are fixed, so no two pairs are the same bytes.
/// </summary>
public static class ApiKeyHash
{
    /// <summary>Random bytes of a salt.</summary>
    public const int SaltBytes = 16;

    /// <summary>Bytes of a hash.</summary>
    public const int Bytes = SHA256.HashSizeInBytes;

    /// <summary>The hash of a secret.</summary>
    /// <param name="salt"><see cref="SaltBytes"/>.</param>
    /// <param name="secret"><see cref="ApiKeyText.SecretBytes"/>.</param>
    public static byte[] Make(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> secret)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(salt.Length, SaltBytes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(secret.Length, ApiKeyText.SecretBytes);
        Span<byte> salted = stackalloc byte[SaltBytes + ApiKeyText.SecretBytes];
        salt.CopyTo(salted);
        secret.CopyTo(salted[SaltBytes..]);
        var hash = SHA256.HashData(salted);
        CryptographicOperations.ZeroMemory(salted);
        return hash;
    }

    /// <summary>Says whether a secret is the one that was hashed, in a time that says nothing about how near it is.</summary>
    /// <param name="hash">The hash.</param>
    /// <param name="salt">Its salt.</param>
    /// <param name="secret">The secret.</param>
    public static bool Matches(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> secret) =>
        CryptographicOperations.FixedTimeEquals(Make(salt, secret), hash);
}
