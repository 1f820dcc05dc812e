using AgentMesh.Evm;
using AgentMesh.Evm.Abi;
using AgentMesh.Evm.Rpc;
using AgentMesh.Evm.Signing;
using AgentMesh.Evm.Tokens;
using AgentMesh.X402.Networks;

namespace AgentMesh.X402.Exact.Evm.Facilitator;

/// <summary>A chain through a node. Compare the node's <c>eth_chainId</c> with the network before the first payment.</summary>
/// <param name="network">The chain the node is of.</param>
/// <param name="node">The node.</param>
public sealed class RpcExactEvmChain(EvmNetwork network, EvmRpcClient node) : IExactEvmChain
{
    /// <inheritdoc/>
    public EvmNetwork Network => network;

    /// <inheritdoc/>
    public async Task<bool> HasCodeAsync(EvmAddress account, CancellationToken cancellationToken) =>
        (await node.GetCodeAsync(account, BlockParameter.Latest, cancellationToken).ConfigureAwait(false)).Length > 0;

    /// <inheritdoc/>
    public async Task<bool> IsValidSignatureAsync(EvmAddress account, Bytes32 hash, ReadOnlyMemory<byte> signature, CancellationToken cancellationToken)
    {
        try
        {
            var result = await node.CallAsync(account, Erc1271.IsValidSignature(hash, signature.Span), BlockParameter.Latest, cancellationToken).ConfigureAwait(false);
            return Erc1271.IsMagicValue(result);
        }
        catch (EvmRpcException e) when (e.Failure == EvmRpcFailure.RpcError)
        {
            // A revert is a no. So is a node that will not call: nothing is believed that was not said.
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task<bool> IsAuthorizationUsedAsync(EvmAddress asset, EvmAddress authorizer, Bytes32 nonce, CancellationToken cancellationToken) =>
        (await ReadAsync(asset, Eip3009.AuthorizationState(authorizer, nonce), cancellationToken).ConfigureAwait(false)).Value.Sign != 0;

    /// <inheritdoc/>
    public Task<UInt256> GetBalanceAsync(EvmAddress asset, EvmAddress owner, CancellationToken cancellationToken) =>
        ReadAsync(asset, Erc20.BalanceOf(owner), cancellationToken);

    private async Task<UInt256> ReadAsync(EvmAddress contract, byte[] call, CancellationToken cancellationToken)
    {
        var result = await node.CallAsync(contract, call, BlockParameter.Latest, cancellationToken).ConfigureAwait(false);
        return new AbiReader(result).TryReadUInt256(0, out var value)
            ? value
            : throw new InvalidDataException("The contract is no token with EIP-3009: its answer is not a word.");
    }
}
