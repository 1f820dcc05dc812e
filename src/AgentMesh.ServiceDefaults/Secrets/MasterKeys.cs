using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace AgentMesh.ServiceDefaults.Secrets;

/// <summary>Master keys, of wallets or of what agents store: the newest encrypts, all decrypt.</summary>
public sealed class MasterKeys
{
    /// <summary>Bytes of a key: AES-256.</summary>
    public const int KeyBytes = 32;

    /// <summary>Most keys at a time, current and retired.</summary>
    public const int MaxKeys = 16;

    // Stored ids are made with it: it stays, whatever the key is for.
    private static readonly byte[] IdLabel = Encoding.ASCII.GetBytes("agentmesh wallet master key id");

    private readonly List<(string Id, byte[] Key)> _keys;

    private MasterKeys(List<(string Id, byte[] Key)> keys) => _keys = keys;

    /// <summary>The id of the key that encrypts now: says which key it is and nothing of it.</summary>
    public string CurrentId => _keys[0].Id;

    /// <summary>There are retired keys beside it: something may be encrypted with them.</summary>
    public bool HasRetired => _keys.Count > 1;

    /// <summary>The key of that id is among them.</summary>
    /// <param name="keyId">The id.</param>
    public bool Has(string keyId) => !Find(keyId).IsEmpty;

    /// <summary>Reads the secret: base64, commas between, the newest first.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="keys">The keys.</param>
    public static bool TryParse(string secret, [NotNullWhen(true)] out MasterKeys? keys)
    {
        ArgumentNullException.ThrowIfNull(secret);
        keys = null;
        var read = new List<(string, byte[])>();
        foreach (var text in secret.Split(',', StringSplitOptions.TrimEntries))
        {
            var key = new byte[KeyBytes];
            if (read.Count == MaxKeys || !Convert.TryFromBase64String(text, key, out var bytes) || bytes != KeyBytes)
                return false;
            read.Add((IdOf(key), key));
        }

        keys = new MasterKeys(read);
        return true;
    }

    /// <summary>The key of an id; empty when it is not among them.</summary>
    /// <param name="id">The id.</param>
    public ReadOnlySpan<byte> Find(string id)
    {
        foreach (var (known, key) in _keys)
        {
            if (known == id)
                return key;
        }

        return default;
    }

    // HMAC, so that the id is no hash of the key that anybody else might compute for another purpose.
    private static string IdOf(byte[] key) => Convert.ToHexStringLower(HMACSHA256.HashData(key, IdLabel).AsSpan(0, 8));
}
