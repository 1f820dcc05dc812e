using System.Security.Cryptography;
using System.Text;
using AgentMesh.Evm.Signing;
using AgentMesh.ServiceDefaults.Secrets;

namespace AgentMesh.ActorHost.Wallets;

/// <summary>
/// A wallet's key as it is stored: AES-256-GCM under a master key, base64 of nonce (12 bytes), ciphertext (32) and tag (16). The agent, the address and
/// the master key's id are authenticated with it, so that a key moved to another agent's record does not open.
/// </summary>
internal static class SealedKey
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int AllBytes = NonceBytes + EvmKey.Length + TagBytes;

    /// <summary>Encrypts a key with the current master key. A nonce is random: a master key may encrypt 2^32 of them (NIST SP 800-38D, 8.3).</summary>
    internal static string Seal(EvmKey key, string agentId, MasterKeys masters)
    {
        var bytes = new byte[AllBytes];
        var nonce = bytes.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        Span<byte> clear = stackalloc byte[EvmKey.Length];
        try
        {
            key.ExportTo(clear);
            using var aes = new AesGcm(masters.Find(masters.CurrentId), TagBytes);
            aes.Encrypt(
                nonce, clear, bytes.AsSpan(NonceBytes, EvmKey.Length), bytes.AsSpan(NonceBytes + EvmKey.Length),
                BoundTo(agentId, key.Address.ToString(), masters.CurrentId));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(clear);
        }

        return Convert.ToBase64String(bytes);
    }

    /// <summary>Decrypts a key; null when it is not this agent's, has been changed, or its master key is not there.</summary>
    internal static EvmKey? Open(string sealedKey, string agentId, string address, string keyId, MasterKeys masters)
    {
        var bytes = new byte[AllBytes];
        var master = masters.Find(keyId);
        if (master.IsEmpty || !Convert.TryFromBase64String(sealedKey, bytes, out var length) || length != AllBytes)
            return null;
        Span<byte> clear = stackalloc byte[EvmKey.Length];
        try
        {
            using var aes = new AesGcm(master, TagBytes);
            aes.Decrypt(
                bytes.AsSpan(0, NonceBytes), bytes.AsSpan(NonceBytes, EvmKey.Length), bytes.AsSpan(NonceBytes + EvmKey.Length), clear,
                BoundTo(agentId, address, keyId));
            return EvmKey.FromBytes(clear);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(clear);
        }
    }

    private static byte[] BoundTo(string agentId, string address, string keyId) =>
        Encoding.UTF8.GetBytes($"agentmesh wallet key 1\n{agentId}\n{address}\n{keyId}");
}
