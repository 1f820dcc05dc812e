using AgentMesh.Primitives;

namespace AgentMesh.Evm.Signing;

/// <summary>
/// A signature in the one form that tokens accept: r and s in 1 to n - 1, s in the lower half (EIP-2; every signature has a twin with
/// the other s), v 27 or 28. Whatever else is refused when it is read, so that a signature that recovers here does not revert there.
/// </summary>
public readonly record struct EvmSignature
{
    /// <summary>The number of bytes: r, s, v.</summary>
    public const int Length = 2 * Bytes32.Length + 1;

    private const byte FirstV = 27;

    internal EvmSignature(Bytes32 r, Bytes32 s, int yParity)
    {
        R = r;
        S = s;
        V = (byte)(FirstV + yParity);
    }

    /// <summary>The x coordinate of the signature's point.</summary>
    public Bytes32 R { get; }

    /// <summary>The proof.</summary>
    public Bytes32 S { get; }

    /// <summary>27 when the y coordinate of the signature's point is even, 28 when it is odd.</summary>
    public byte V { get; }

    /// <summary>0 when the y coordinate of the signature's point is even, 1 when it is odd.</summary>
    public int YParity => V - FirstV;

    /// <summary>
    /// Reads <c>0x</c> and 130 hex digits. v may be 0 or 1, as some libraries write it, and is then raised by 27: send on
    /// <see cref="ToHex"/>, not the text that came. The 64 bytes of EIP-2098 are refused: tokens take v, r, s or 65 bytes.
    /// </summary>
    public static Result<EvmSignature> Read(string? text)
    {
        Span<byte> bytes = stackalloc byte[Length];
        return Hex.TryDecode(text, bytes) ? Read(bytes) : EvmRefusals.Signature("A signature is 0x and the 130 hex digits of r, s and v.");
    }

    /// <summary>Reads 65 bytes, as <see cref="Read(string)"/> does.</summary>
    public static Result<EvmSignature> Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
            return EvmRefusals.Signature("A signature is the 65 bytes of r, s and v.");
        var r = new Bytes32(bytes[..32]);
        if (!Secp256k1.IsScalar(Secp256k1.ToInteger(r)))
            return EvmRefusals.Signature("r is not between 0 and the order of the curve.");
        var s = new Bytes32(bytes[32..64]);
        var proof = Secp256k1.ToInteger(s);
        if (!Secp256k1.IsScalar(proof))
            return EvmRefusals.Signature("s is not between 0 and the order of the curve.");
        if (proof.CompareTo(Secp256k1.HalfN) > 0)
            return EvmRefusals.Signature("s is in the upper half of the order of the curve (EIP-2).");
        return bytes[64] switch
        {
            0 or FirstV => new EvmSignature(r, s, 0),
            1 or FirstV + 1 => new EvmSignature(r, s, 1),
            _ => EvmRefusals.Signature("v is none of 27, 28, 0 and 1."),
        };
    }

    /// <summary>Writes r, s and v, 65 bytes, to the front of the destination.</summary>
    public void CopyTo(Span<byte> destination)
    {
        R.CopyTo(destination);
        S.CopyTo(destination[Bytes32.Length..]);
        destination[2 * Bytes32.Length] = V;
    }

    /// <summary>The text for the wire, <c>0x</c> and 130 hex digits, v as 27 or 28.</summary>
    public string ToHex()
    {
        Span<byte> bytes = stackalloc byte[Length];
        CopyTo(bytes);
        return Hex.Encode(bytes);
    }

    /// <summary>No part of it: a signed authorization is money for whoever reads it in a log, until it is settled.</summary>
    public override string ToString() => nameof(EvmSignature);
}
