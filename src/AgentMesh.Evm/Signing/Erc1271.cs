using AgentMesh.Evm.Abi;

namespace AgentMesh.Evm.Signing;

/// <summary>
/// Signatures of contracts (ERC-1271): the account is asked whether the bytes are its signature. For an account with code this is the
/// only answer that counts, whatever recovery says.
/// </summary>
public static class Erc1271
{
    // The magic value is the selector itself: 0x1626ba7e.
    private static readonly byte[] Selector = AbiEncoder.Selector("isValidSignature(bytes32,bytes)");

    /// <summary><c>isValidSignature(hash, signature)</c>, to be called at the account.</summary>
    public static byte[] IsValidSignature(Bytes32 hash, ReadOnlySpan<byte> signature) =>
        new AbiEncoder().Add(hash).AddBytes(signature).ToCall(Selector);

    /// <summary>Whether the account answered yes: one word, 0x1626ba7e and 28 zero bytes. Anything else, a revert included, is a no.</summary>
    public static bool IsMagicValue(ReadOnlySpan<byte> result) =>
        result.Length == Bytes32.Length && result.StartsWith(Selector) && !result[Selector.Length..].ContainsAnyExcept((byte)0);
}
