using AgentMesh.Primitives;

namespace AgentMesh.Evm;

/// <summary>What signatures and typed data of strangers are refused for. The codes are for callers to map; no endpoint answers with them.</summary>
public static class EvmRefusals
{
    /// <summary>The text or the bytes are not a signature that a token accepts.</summary>
    public const string InvalidSignature = "invalid_signature";

    /// <summary>No public key belongs to the signature and the hash.</summary>
    public const string UnrecoverableSignature = "unrecoverable_signature";

    /// <summary>The types, the domain or the message are not those of EIP-712.</summary>
    public const string InvalidTypedData = "invalid_typed_data";

    internal static Refusal Signature(string detail) => new(InvalidSignature, detail);

    internal static Refusal Unrecoverable { get; } = new(UnrecoverableSignature, "No public key belongs to this signature and hash.");

    internal static Refusal TypedData(string detail) => new(InvalidTypedData, detail);
}
