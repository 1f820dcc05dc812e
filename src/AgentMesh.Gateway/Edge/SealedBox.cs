using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace AgentMesh.Gateway.Edge;

/// <summary>
/// What clients carry for the gateway and can neither read nor make nor change: AES-256-GCM. The key comes of <c>APP_API_TOKEN</c>, which all replicas share
/// and nobody outside the mesh has; without one it is this process's own.
/// </summary>
/// <param name="appToken">The token; null: none.</param>
/// <param name="purpose">What the box is for: one purpose's keys open no other's.</param>
internal sealed class SealedBox(string? appToken, string purpose)
{
    private const byte Version = 1;
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HeadBytes = 1 + NonceBytes;

    private readonly byte[] _key = appToken is null
        ? RandomNumberGenerator.GetBytes(KeyBytes)
        : HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(appToken), KeyBytes, info: Encoding.UTF8.GetBytes(purpose));

    /// <summary>Seals bytes.</summary>
    /// <param name="plain">The bytes.</param>
    /// <param name="bound">Has to be the same when they are opened.</param>
    public string Seal(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> bound)
    {
        var box = new byte[HeadBytes + plain.Length + TagBytes];
        box[0] = Version;
        RandomNumberGenerator.Fill(box.AsSpan(1, NonceBytes));
        using var aes = new AesGcm(_key, TagBytes);
        aes.Encrypt(box.AsSpan(1, NonceBytes), plain, box.AsSpan(HeadBytes, plain.Length), box.AsSpan(HeadBytes + plain.Length), bound);
        return Base64Url.EncodeToString(box);
    }

    /// <summary>Opens what was sealed; null for everything else.</summary>
    /// <param name="text">The text.</param>
    /// <param name="minBytes">Fewest bytes there may be inside.</param>
    /// <param name="maxBytes">Most bytes.</param>
    /// <param name="bound">As when they were sealed.</param>
    public byte[]? Open(string text, int minBytes, int maxBytes, ReadOnlySpan<byte> bound)
    {
        if (text.Length > Base64Url.GetEncodedLength(HeadBytes + maxBytes + TagBytes) || !Base64Url.IsValid(text, out var length) || length < HeadBytes + minBytes + TagBytes)
            return null;
        var box = Base64Url.DecodeFromChars(text);
        // Base64 has several texts for the same bytes; only one of them was given out.
        if (box[0] != Version || Base64Url.EncodeToString(box) != text)
            return null;
        var plain = new byte[box.Length - HeadBytes - TagBytes];
        using var aes = new AesGcm(_key, TagBytes);
        try
        {
            aes.Decrypt(box.AsSpan(1, NonceBytes), box.AsSpan(HeadBytes, plain.Length), box.AsSpan(HeadBytes + plain.Length), plain, bound);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        return plain;
    }
}
