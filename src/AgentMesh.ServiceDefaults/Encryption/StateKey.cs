using System.Security.Cryptography;
using System.Text;

namespace AgentMesh.ServiceDefaults.Encryption;

/// <summary>
/// The key of one actor's records: AES-256-GCM, HKDF-SHA-256 (RFC 5869) of a master key. A sealed record is nonce (12 bytes), ciphertext and tag (16); the
/// actor, the state key and the master key's id are authenticated with it, so that a record that is moved does not open. A nonce is random: one key may
/// encrypt 2^32 records (NIST SP 800-38D, 8.3), and a key is one actor's.
/// </summary>
internal sealed class StateKey
{
    internal const int NonceBytes = 12;
    internal const int TagBytes = 16;
    private const int KeyBytes = 32;

    private readonly string _actor;
    private readonly byte[] _key;

    private StateKey(string id, string actor, byte[] key) => (Id, _actor, _key) = (id, actor, key);

    /// <summary>The id of the master key.</summary>
    internal string Id { get; }

    internal static StateKey Derive(ReadOnlySpan<byte> master, string keyId, string actorType, string actorId)
    {
        var key = new byte[KeyBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, master, key, [], Encoding.UTF8.GetBytes($"agentmesh state key 1\n{actorType}\n{actorId}"));
        return new StateKey(keyId, $"{actorType}\n{actorId}", key);
    }

    internal byte[] Encrypt(string name, ReadOnlySpan<byte> clear)
    {
        var bytes = new byte[NonceBytes + clear.Length + TagBytes];
        var nonce = bytes.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_key, TagBytes);
        aes.Encrypt(nonce, clear, bytes.AsSpan(NonceBytes, clear.Length), bytes.AsSpan(NonceBytes + clear.Length), BoundTo(name));
        return bytes;
    }

    /// <summary>What was encrypted; null when it is damaged, or was not encrypted under that name by this key.</summary>
    internal byte[]? Decrypt(string name, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < NonceBytes + TagBytes)
            return null;
        var clear = new byte[bytes.Length - NonceBytes - TagBytes];
        try
        {
            using var aes = new AesGcm(_key, TagBytes);
            aes.Decrypt(bytes[..NonceBytes], bytes[NonceBytes..^TagBytes], bytes[^TagBytes..], clear, BoundTo(name));
            return clear;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private byte[] BoundTo(string name) => Encoding.UTF8.GetBytes($"agentmesh state 1\n{_actor}\n{name}\n{Id}");
}
