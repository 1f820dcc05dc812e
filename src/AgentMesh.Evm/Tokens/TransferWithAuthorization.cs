using System.Text;
using AgentMesh.Evm.Eip712;

namespace AgentMesh.Evm.Tokens;

/// <summary>A transfer that its payer signs and anybody may bring to the token (EIP-3009).</summary>
/// <param name="From">The payer, who signs.</param>
/// <param name="To">The payee.</param>
/// <param name="Value">The amount in atomic units of the token.</param>
/// <param name="ValidAfter">Unix seconds; the bound itself is too early.</param>
/// <param name="ValidBefore">Unix seconds; the bound itself is too late.</param>
/// <param name="Nonce">Chosen by the payer, random: a token executes each of a payer's nonces once, in any order.</param>
public sealed record TransferWithAuthorization(EvmAddress From, EvmAddress To, UInt256 Value, UInt256 ValidAfter, UInt256 ValidBefore, Bytes32 Nonce)
{
    /// <summary>The type as EIP-712 encodes it.</summary>
    public const string EncodedType =
        "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)";

    /// <summary>The hash of <see cref="EncodedType"/>, TRANSFER_WITH_AUTHORIZATION_TYPEHASH of EIP-3009.</summary>
    public static Bytes32 TypeHash { get; } = Keccak256.CalculateHash(Encoding.ASCII.GetBytes(EncodedType));

    /// <summary>Whether a block of that time would take it. EIP-3009: both bounds are exclusive.</summary>
    public bool IsValidAt(DateTimeOffset time)
    {
        var seconds = time.ToUnixTimeSeconds();
        return seconds > ValidAfter.Value && seconds < ValidBefore.Value;
    }

    /// <summary>The struct hash of EIP-712.</summary>
    public Bytes32 CalculateStructHash()
    {
        Span<byte> words = stackalloc byte[7 * Bytes32.Length];
        TypeHash.CopyTo(words);
        From.WriteWord(words[32..64]);
        To.WriteWord(words[64..96]);
        Value.CopyTo(words[96..]);
        ValidAfter.CopyTo(words[128..]);
        ValidBefore.CopyTo(words[160..]);
        Nonce.CopyTo(words[192..]);
        return Keccak256.CalculateHash(words);
    }

    /// <summary>What the payer signs, for the token whose domain it is. The domain has its separator ready, so keep it for a token.</summary>
    public Bytes32 CalculateDigest(TypedDataDomain domain)
    {
        ArgumentNullException.ThrowIfNull(domain);
        return TypedData.CalculateDigest(domain.Separator, CalculateStructHash());
    }
}
