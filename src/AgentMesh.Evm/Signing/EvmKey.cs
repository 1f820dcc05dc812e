using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Utilities;

namespace AgentMesh.Evm.Signing;

/// <summary>
/// A private key. Its bytes are pinned, so that no copy of them is left behind by the garbage collector, and zeroed by
/// <see cref="Dispose"/>. While it signs, BouncyCastle holds numbers made from them that cannot be zeroed and stay until they are
/// collected: a dump of the process may show a key that has signed. Signing from several threads is safe, disposing meanwhile is not.
/// </summary>
public sealed class EvmKey : IDisposable
{
    /// <summary>The number of bytes.</summary>
    public const int Length = 32;

    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(Length, pinned: true);
    private bool _disposed;

    private EvmKey(ReadOnlySpan<byte> bytes, BigInteger scalar)
    {
        bytes.CopyTo(_bytes);
        Span<byte> publicKey = stackalloc byte[Secp256k1.PublicKeyLength];
        Secp256k1.WritePublicKey(Secp256k1.MultiplyBase(scalar), publicKey);
        Address = EvmAddress.FromPublicKey(publicKey);
    }

    /// <summary>The address of the account that the key owns.</summary>
    public EvmAddress Address { get; }

    /// <summary>Makes a key from 32 random bytes, and from the next 32 when they are none (1 in 2^128).</summary>
    public static EvmKey Create(RandomNumberGenerator random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> bytes = stackalloc byte[Length];
        try
        {
            for (; ; )
            {
                random.GetBytes(bytes);
                var scalar = new BigInteger(1, bytes);
                if (Secp256k1.IsScalar(scalar))
                    return new EvmKey(bytes, scalar);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Copies a key; the caller zeroes its own bytes.</summary>
    /// <exception cref="ArgumentException">The bytes are not 32, or not a number of 1 to n - 1. The message has nothing of them.</exception>
    public static EvmKey FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
            throw new ArgumentException("A private key is 32 bytes.", nameof(bytes));
        var scalar = new BigInteger(1, bytes);
        return Secp256k1.IsScalar(scalar) ? new EvmKey(bytes, scalar) : throw new ArgumentException("The bytes are not a private key of the curve.", nameof(bytes));
    }

    /// <summary>Writes the 32 bytes of the key to the front of the destination, for whoever encrypts and stores it and zeroes them after.</summary>
    public void ExportTo(Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _bytes.CopyTo(destination);
    }

    /// <summary>
    /// Signs a hash. The nonce is the one of RFC 6979 with SHA-256, so the same hash always has the same signature and no source of
    /// chance can give the key away; s is the lower one (EIP-2).
    /// </summary>
    public EvmSignature Sign(Bytes32 hash)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var d = new BigInteger(1, _bytes);
        var e = Secp256k1.ToInteger(hash);
        var nonces = new HMacDsaKCalculator(new Sha256Digest());
        nonces.Init(Secp256k1.N, d, hash.ToArray());
        // Not BouncyCastle's ECDsaSigner: it keeps the parity of y to itself, and finding v by recovery takes two more multiplications.
        for (; ; )
        {
            var k = nonces.NextK();
            var point = Secp256k1.MultiplyBase(k);
            var r = point.AffineXCoord.ToBigInteger();
            // An x of n or more has no v in Ethereum, r = 0 and s = 0 are no signatures (each 1 in 2^128 or less): the next nonce.
            if (!Secp256k1.IsScalar(r))
                continue;
            var s = BigIntegers.ModOddInverse(Secp256k1.N, k).Multiply(e.Add(d.Multiply(r))).Mod(Secp256k1.N);
            if (s.SignValue == 0)
                continue;
            var yParity = point.AffineYCoord.TestBitZero() ? 1 : 0;
            if (s.CompareTo(Secp256k1.HalfN) > 0)
            {
                s = Secp256k1.N.Subtract(s);
                yParity ^= 1;
            }

            return new EvmSignature(Secp256k1.ToBytes(r), Secp256k1.ToBytes(s), yParity);
        }
    }

    /// <summary>Zeroes the key.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_bytes);
        _disposed = true;
    }

    /// <summary>The address, never the key.</summary>
    public override string ToString() => Address.ToString();
}
