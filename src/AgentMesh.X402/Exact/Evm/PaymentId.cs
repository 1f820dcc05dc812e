using System.Security.Cryptography;
using AgentMesh.Evm;
using AgentMesh.X402.Networks;

namespace AgentMesh.X402.Exact.Evm;

/// <summary>
/// Which payment: the token executes a payer's nonce once, so chain, token, payer and nonce are one payment, in whatever text, version or
/// signature they come. The text is 64 lower case hex digits: the SHA-256 of 104 bytes, these four as they were decoded:
/// the chain id (32 bytes, the most significant first), the token's address (20), the payer's address (20), the nonce (32).
/// </summary>
public readonly record struct PaymentId
{
    /// <summary>The number of characters.</summary>
    public const int TextLength = 2 * Bytes32.Length;

    private readonly Bytes32 _hash;

    private PaymentId(Bytes32 hash) => _hash = hash;

    /// <summary>The id of a payment.</summary>
    public static PaymentId Of(EvmNetwork network, EvmAddress asset, EvmAddress from, Bytes32 nonce)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Length + 2 * EvmAddress.Length + Bytes32.Length];
        UInt256.FromUInt64(network.ChainId).CopyTo(bytes);
        asset.CopyTo(bytes[32..]);
        from.CopyTo(bytes[52..]);
        nonce.CopyTo(bytes[72..]);
        Span<byte> hash = stackalloc byte[Bytes32.Length];
        SHA256.HashData(bytes, hash);
        return new PaymentId(new Bytes32(hash));
    }

    /// <summary>Reads 64 lower case hex digits.</summary>
    public static bool TryParse(string? text, out PaymentId id)
    {
        id = default;
        if (text is not { Length: TextLength } || text.AsSpan().ContainsAnyInRange('A', 'F') || !Bytes32.TryParse("0x" + text, out var hash))
            return false;
        id = new PaymentId(hash);
        return true;
    }

    /// <summary>64 lower case hex digits, which is also an actor id and a key.</summary>
    public override string ToString() => _hash.ToString()[2..];
}
