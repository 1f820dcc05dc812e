using System.Buffers;

namespace AgentMesh.Evm.Eip712;

/// <summary>
/// Which contract typed data is for. Every given value is part of <see cref="Separator"/>, none that is left out is: a token has its
/// own choice, and another gives another hash.
/// </summary>
public sealed class TypedDataDomain
{
    // In the order of EIP-712, whichever of them there are.
    internal static readonly MemberDescription[] AllMembers =
    [
        new("name", "string"),
        new("version", "string"),
        new("chainId", "uint256"),
        new("verifyingContract", "address"),
        new("salt", "bytes32"),
    ];

    /// <summary>Takes the values that the contract names, and computes the separator.</summary>
    /// <exception cref="System.Text.EncoderFallbackException">A text has half of a surrogate pair, which has no UTF-8.</exception>
    public TypedDataDomain(string? name = null, string? version = null, UInt256? chainId = null, EvmAddress? verifyingContract = null, Bytes32? salt = null)
    {
        Name = name;
        Version = version;
        ChainId = chainId;
        VerifyingContract = verifyingContract;
        Salt = salt;
        Separator = CalculateSeparator();
    }

    /// <summary>The name of the struct type of every domain.</summary>
    public static string TypeName => "EIP712Domain";

    /// <summary>The name that people know, of a token often its <c>name()</c>.</summary>
    public string? Name { get; }

    /// <summary>The version of the signed form, text.</summary>
    public string? Version { get; }

    /// <summary>The chain's number (EIP-155).</summary>
    public UInt256? ChainId { get; }

    /// <summary>The contract that will look at the signature.</summary>
    public EvmAddress? VerifyingContract { get; }

    /// <summary>What tells the domain apart where nothing else does.</summary>
    public Bytes32? Salt { get; }

    /// <summary>The domain separator: the struct hash of the domain.</summary>
    public Bytes32 Separator { get; }

    /// <summary>The members the domain's type has.</summary>
    internal IReadOnlyList<MemberDescription> Members =>
        [.. AllMembers.Zip([Name is not null, Version is not null, ChainId is not null, VerifyingContract is not null, Salt is not null])
            .Where(member => member.Second).Select(member => member.First)];

    private Bytes32 CalculateSeparator()
    {
        var type = $"{TypeName}({string.Join(',', Members.Select(member => $"{member.Type} {member.Name}"))})";
        var words = new ArrayBufferWriter<byte>(6 * Bytes32.Length);
        Append(words, Keccak256.CalculateHash(StrictUtf8.GetBytes(type)));
        if (Name is not null)
            Append(words, Keccak256.CalculateHash(StrictUtf8.GetBytes(Name)));
        if (Version is not null)
            Append(words, Keccak256.CalculateHash(StrictUtf8.GetBytes(Version)));
        Span<byte> word = stackalloc byte[Bytes32.Length];
        if (ChainId is { } chainId)
        {
            chainId.CopyTo(word);
            words.Write(word);
        }

        if (VerifyingContract is { } contract)
        {
            contract.WriteWord(word);
            words.Write(word);
        }

        if (Salt is { } salt)
            Append(words, salt);
        return Keccak256.CalculateHash(words.WrittenSpan);
    }

    private static void Append(ArrayBufferWriter<byte> words, Bytes32 word)
    {
        word.CopyTo(words.GetSpan(Bytes32.Length));
        words.Advance(Bytes32.Length);
    }
}
