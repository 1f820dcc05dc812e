using AgentMesh.Evm.Abi;
using AgentMesh.Evm.Rpc;

namespace AgentMesh.Evm.Tokens;

/// <summary>The event that an authorization was executed (EIP-3009). With the transfer beside it in the receipt it names which one.</summary>
/// <param name="Token">The contract that says so.</param>
/// <param name="Authorizer">Who signed.</param>
/// <param name="Nonce">The nonce that is used now.</param>
public sealed record AuthorizationUsed(EvmAddress Token, EvmAddress Authorizer, Bytes32 Nonce)
{
    /// <summary>Reads a log; null when it is of another event.</summary>
    public static AuthorizationUsed? TryRead(FilterLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        return log.Topics.Count == 3
            && log.Topics[0] == Eip3009.AuthorizationUsedTopic
            && new AbiReader(log.Topics[1].ToArray()).TryReadAddress(0, out var authorizer)
                ? new AuthorizationUsed(log.Address, authorizer, log.Topics[2])
                : null;
    }
}
