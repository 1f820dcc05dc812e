using AgentMesh.Evm;
using AgentMesh.X402.Networks;

namespace AgentMesh.X402.Exact.Evm.Facilitator;

/// <summary>What only a chain knows of a payment. A call that fails throws: an outage is not a bad payment.</summary>
public interface IExactEvmChain
{
    /// <summary>Which chain.</summary>
    EvmNetwork Network { get; }

    /// <summary>Whether code is at the account; then it is asked about signatures, whatever recovery says.</summary>
    Task<bool> HasCodeAsync(EvmAddress account, CancellationToken cancellationToken);

    /// <summary>Whether the account says that the bytes are its signature of the hash (ERC-1271).</summary>
    Task<bool> IsValidSignatureAsync(EvmAddress account, Bytes32 hash, ReadOnlyMemory<byte> signature, CancellationToken cancellationToken);

    /// <summary>Whether the nonce is used or canceled (EIP-3009).</summary>
    Task<bool> IsAuthorizationUsedAsync(EvmAddress asset, EvmAddress authorizer, Bytes32 nonce, CancellationToken cancellationToken);

    /// <summary>What the account has of the token, in atomic units.</summary>
    Task<UInt256> GetBalanceAsync(EvmAddress asset, EvmAddress owner, CancellationToken cancellationToken);
}
