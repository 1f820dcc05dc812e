using Org.BouncyCastle.Crypto.Digests;

namespace AgentMesh.Evm;

/// <summary>
/// Keccak-256 with the padding of the original submission, which the EVM uses; SHA3-256 of FIPS 202, which .NET has, pads otherwise and
/// gives other hashes.
/// </summary>
public static class Keccak256
{
    // A digest is 488 bytes and each hash is made in one call on one thread, so a thread keeps one. DoFinal leaves it empty.
    [ThreadStatic]
    private static KeccakDigest? _digest;

    /// <summary>The hash.</summary>
    public static Bytes32 CalculateHash(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[Bytes32.Length];
        CalculateHash(data, hash);
        return new Bytes32(hash);
    }

    /// <summary>Writes the 32 bytes of the hash to the front of the destination, which may be the data itself.</summary>
    public static void CalculateHash(ReadOnlySpan<byte> data, Span<byte> destination)
    {
        var digest = _digest ??= new KeccakDigest(8 * Bytes32.Length);
        digest.BlockUpdate(data);
        digest.DoFinal(destination);
    }
}
