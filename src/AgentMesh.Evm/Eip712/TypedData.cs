using AgentMesh.Primitives;

namespace AgentMesh.Evm.Eip712;

/// <summary>
/// Typed data of any struct types (EIP-712), checked and hashed. A value that does not fit its type exactly is refused, because
/// wallets differ in what they make of it.
/// </summary>
public sealed class TypedData
{
    private const int PreimageLength = 2 + 2 * Bytes32.Length;

    private TypedData(string primaryType, string encodedType, Bytes32 domainSeparator, Bytes32 structHash)
    {
        PrimaryType = primaryType;
        EncodedType = encodedType;
        DomainSeparator = domainSeparator;
        StructHash = structHash;
        Digest = CalculateDigest(domainSeparator, structHash);
    }

    /// <summary>The struct type of the message.</summary>
    public string PrimaryType { get; }

    /// <summary>encodeType of the message's type: its members, then the types they reach, sorted by name.</summary>
    public string EncodedType { get; }

    /// <summary>The struct hash of the domain.</summary>
    public Bytes32 DomainSeparator { get; }

    /// <summary>The struct hash of the message.</summary>
    public Bytes32 StructHash { get; }

    /// <summary>What is signed.</summary>
    public Bytes32 Digest { get; }

    /// <summary>What is signed for a domain and the struct hash of a message: the hash of 0x19 0x01 and both.</summary>
    public static Bytes32 CalculateDigest(Bytes32 domainSeparator, Bytes32 structHash)
    {
        Span<byte> preimage = stackalloc byte[PreimageLength];
        preimage[0] = 0x19;
        preimage[1] = 0x01;
        domainSeparator.CopyTo(preimage[2..]);
        structHash.CopyTo(preimage[(2 + Bytes32.Length)..]);
        return Keccak256.CalculateHash(preimage);
    }

    /// <summary>
    /// Hashes a message. A struct is a dictionary, an array any list, an integer a <see cref="System.Numerics.BigInteger"/>,
    /// <see cref="UInt256"/>, a number or text in decimal or hex, bytes an array, memory, <see cref="Bytes32"/> or hex text, an address
    /// an <see cref="EvmAddress"/> or its text.
    /// </summary>
    /// <returns>The typed data, or <see cref="EvmRefusals.InvalidTypedData"/> with the place.</returns>
    public static Result<TypedData> Create(
        IReadOnlyDictionary<string, IReadOnlyList<MemberDescription>> types, string primaryType, TypedDataDomain domain, IReadOnlyDictionary<string, object?> message)
    {
        ArgumentNullException.ThrowIfNull(types);
        ArgumentNullException.ThrowIfNull(domain);
        if (StructTypes.TryCreate(types, out var problem) is not { } structs)
            return EvmRefusals.TypedData(problem!);
        return Create(structs, primaryType, domain.Separator, message);
    }

    /// <summary>
    /// Reads and hashes the JSON of <c>eth_signTypedData_v4</c>, <c>{types, primaryType, domain, message}</c>. The domain has the
    /// members that <c>types.EIP712Domain</c> declares, and without it those that are there.
    /// </summary>
    /// <returns>The typed data, or <see cref="EvmRefusals.InvalidTypedData"/> with the place.</returns>
    public static Result<TypedData> Read(string json)
    {
        if (TypedDataJson.TryRead(json, out var problem) is not { } read || StructTypes.TryCreate(read.Types, out problem) is not { } structs)
            return EvmRefusals.TypedData(problem!);
        var encoder = new TypedDataEncoder(structs);
        Span<byte> separator = stackalloc byte[Bytes32.Length];
        return encoder.TryHashStruct(TypedDataDomain.TypeName, read.Domain, separator)
            ? Create(structs, read.PrimaryType, new Bytes32(separator), read.Message)
            : EvmRefusals.TypedData("domain: " + encoder.Problem);
    }

    private static Result<TypedData> Create(StructTypes structs, string primaryType, Bytes32 domainSeparator, IReadOnlyDictionary<string, object?> message)
    {
        // Wallets sign a domain without a message as 34 bytes, which EIP-712 does not know.
        if (!structs.Contains(primaryType) || primaryType == TypedDataDomain.TypeName)
            return EvmRefusals.TypedData("The primary type is not among the types, or is the domain's.");
        var encoder = new TypedDataEncoder(structs);
        Span<byte> hash = stackalloc byte[Bytes32.Length];
        return encoder.TryHashStruct(primaryType, message, hash)
            ? new TypedData(primaryType, structs.EncodeType(primaryType), domainSeparator, new Bytes32(hash))
            : EvmRefusals.TypedData(encoder.Problem!);
    }
}
