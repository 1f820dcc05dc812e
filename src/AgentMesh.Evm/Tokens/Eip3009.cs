using AgentMesh.Evm.Abi;
using AgentMesh.Evm.Signing;

namespace AgentMesh.Evm.Tokens;

/// <summary>Call data of EIP-3009, transfers by a signed authorization, and its event.</summary>
public static class Eip3009
{
    private const string TransferArguments = "address,address,uint256,uint256,uint256,bytes32";

    private static readonly byte[] AuthorizationStateSelector = AbiEncoder.Selector("authorizationState(address,bytes32)");
    private static readonly byte[] TransferSelector = AbiEncoder.Selector($"transferWithAuthorization({TransferArguments},uint8,bytes32,bytes32)");
    private static readonly byte[] TransferWithBytesSelector = AbiEncoder.Selector($"transferWithAuthorization({TransferArguments},bytes)");

    /// <summary>The first topic of <c>AuthorizationUsed(address indexed authorizer, bytes32 indexed nonce)</c>.</summary>
    public static Bytes32 AuthorizationUsedTopic { get; } = AbiEncoder.Topic("AuthorizationUsed(address,bytes32)");

    /// <summary>The first topic of <c>AuthorizationCanceled(address indexed authorizer, bytes32 indexed nonce)</c>: the nonce is used, and nothing was paid.</summary>
    public static Bytes32 AuthorizationCanceledTopic { get; } = AbiEncoder.Topic("AuthorizationCanceled(address,bytes32)");

    /// <summary><c>authorizationState(authorizer, nonce)</c>, answered with a <c>bool</c>: whether the nonce is used or canceled.</summary>
    public static byte[] AuthorizationState(EvmAddress authorizer, Bytes32 nonce) =>
        new AbiEncoder().Add(authorizer).Add(nonce).ToCall(AuthorizationStateSelector);

    /// <summary><c>transferWithAuthorization(from, to, value, validAfter, validBefore, nonce, v, r, s)</c>, which every token with EIP-3009 has.</summary>
    public static byte[] TransferWithAuthorization(TransferWithAuthorization authorization, EvmSignature signature) =>
        Arguments(authorization).Add((UInt256)signature.V).Add(signature.R).Add(signature.S).ToCall(TransferSelector);

    /// <summary>
    /// <c>transferWithAuthorization(from, to, value, validAfter, validBefore, nonce, signature)</c> of newer tokens (USDC 2.2), for the
    /// signatures of contracts (ERC-1271), of any length.
    /// </summary>
    public static byte[] TransferWithAuthorization(TransferWithAuthorization authorization, ReadOnlySpan<byte> signature) =>
        Arguments(authorization).AddBytes(signature).ToCall(TransferWithBytesSelector);

    private static AbiEncoder Arguments(TransferWithAuthorization authorization)
    {
        ArgumentNullException.ThrowIfNull(authorization);
        return new AbiEncoder()
            .Add(authorization.From).Add(authorization.To).Add(authorization.Value)
            .Add(authorization.ValidAfter).Add(authorization.ValidBefore).Add(authorization.Nonce);
    }
}
