using AgentMesh.Primitives;
using Org.BouncyCastle.Math.EC;
using Org.BouncyCastle.Utilities;

namespace AgentMesh.Evm.Signing;

/// <summary>Who signed a hash (SEC 1, 4.1.6).</summary>
public static class EcRecover
{
    /// <summary>
    /// The address whose key made the signature. Any hash gives some address: compare it with the one expected. Nobody's when no public
    /// key belongs to both (<see cref="EvmRefusals.UnrecoverableSignature"/>).
    /// </summary>
    public static Result<EvmAddress> RecoverAddress(Bytes32 hash, EvmSignature signature)
    {
        if (Recover(hash, signature) is not { } point)
            return EvmRefusals.Unrecoverable;
        Span<byte> publicKey = stackalloc byte[Secp256k1.PublicKeyLength];
        Secp256k1.WritePublicKey(point, publicKey);
        return EvmAddress.FromPublicKey(publicKey);
    }

    /// <summary>The public key that made the signature, uncompressed: 4, X, Y; 65 bytes.</summary>
    public static Result<byte[]> RecoverPublicKey(Bytes32 hash, EvmSignature signature)
    {
        if (Recover(hash, signature) is not { } point)
            return EvmRefusals.Unrecoverable;
        return point.GetEncoded(compressed: false);
    }

    private static ECPoint? Recover(Bytes32 hash, EvmSignature signature)
    {
        var r = Secp256k1.ToInteger(signature.R);
        // Only of a signature that nobody read: default has r = 0.
        if (!Secp256k1.IsScalar(r) || Secp256k1.Decompress(r, signature.YParity) is not { } point)
            return null;
        // Q = (s·R - e·G) / r. The inverse may take a time that depends on r: everything here is public.
        var inverse = BigIntegers.ModOddInverseVar(Secp256k1.N, r);
        var ofBase = Secp256k1.ToInteger(hash).Negate().Multiply(inverse).Mod(Secp256k1.N);
        var ofPoint = Secp256k1.ToInteger(signature.S).Multiply(inverse).Mod(Secp256k1.N);
        var key = Secp256k1.SumWithBase(ofBase, point, ofPoint);
        return key.IsInfinity ? null : key;
    }
}
