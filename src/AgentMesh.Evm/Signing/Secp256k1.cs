using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;
using Org.BouncyCastle.Math.EC.Multiplier;
using Org.BouncyCastle.Utilities;

namespace AgentMesh.Evm.Signing;

/// <summary>The curve of SEC 2, 2.4.1, with BouncyCastle's own field arithmetic for it, and what its points and scalars are written as.</summary>
internal static class Secp256k1
{
    public const int PublicKeyLength = 64;

    private static readonly X9ECParameters Parameters = CustomNamedCurves.GetByName("secp256k1");
    private static readonly FixedPointCombMultiplier BaseMultiplier = new();

    /// <summary>The order of the group, n.</summary>
    public static BigInteger N { get; } = Parameters.N;

    /// <summary>EIP-2: the largest s that is accepted, (n - 1) / 2.</summary>
    public static BigInteger HalfN { get; } = N.ShiftRight(1);

    public static BigInteger ToInteger(Bytes32 value)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Length];
        value.CopyTo(bytes);
        return new BigInteger(1, bytes);
    }

    public static Bytes32 ToBytes(BigInteger value)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Length];
        BigIntegers.AsUnsignedByteArray(value, bytes);
        return new Bytes32(bytes);
    }

    /// <summary>Whether a number is a private key, or the r or s of a signature: 1 to n - 1.</summary>
    public static bool IsScalar(BigInteger value) => value.SignValue > 0 && value.CompareTo(N) < 0;

    /// <summary>k·G by a comb with a table of G; its table look-ups do not depend on k.</summary>
    public static ECPoint MultiplyBase(BigInteger k) => BaseMultiplier.Multiply(Parameters.G, k).Normalize();

    /// <summary>a·G + b·P, for numbers that are no secrets: both at once, with the endomorphism of the curve (GLV).</summary>
    public static ECPoint SumWithBase(BigInteger a, ECPoint point, BigInteger b) => ECAlgorithms.SumOfTwoMultiplies(Parameters.G, a, point, b).Normalize();

    /// <summary>The point with this x and parity of y; null when x³ + 7 has no root. x is below n, and so below p.</summary>
    public static ECPoint? Decompress(BigInteger x, int yParity)
    {
        var fieldX = Parameters.Curve.FromBigInteger(x);
        var y = fieldX.Square().Multiply(fieldX).Add(Parameters.Curve.B).Sqrt();
        if (y is null)
            return null;
        if (y.TestBitZero() != (yParity == 1))
            y = y.Negate();
        // Not DecodePoint: it throws when there is no root, and every second r of a stranger has none.
        return Parameters.Curve.CreatePoint(x, y.ToBigInteger());
    }

    /// <summary>Writes X and Y of a normalized point, 64 bytes.</summary>
    public static void WritePublicKey(ECPoint point, Span<byte> destination)
    {
        point.AffineXCoord.EncodeTo(destination[..32]);
        point.AffineYCoord.EncodeTo(destination[32..PublicKeyLength]);
    }
}
