using AgentMesh.Evm.Abi;
using AgentMesh.Evm.Rpc;

namespace AgentMesh.Evm.Tokens;

/// <summary>The event that a token has moved. A receipt that says success without it is no payment: a token need not revert.</summary>
/// <param name="Token">The contract that says so; anybody's contract can say anything of itself.</param>
/// <param name="From">Whose balance fell; the zero address for a mint.</param>
/// <param name="To">Whose balance rose.</param>
/// <param name="Value">The amount in atomic units.</param>
public sealed record Erc20Transfer(EvmAddress Token, EvmAddress From, EvmAddress To, UInt256 Value)
{
    /// <summary>Reads a log; null when it is of another event. ERC-721 has the same topic with a third indexed value, and is another event.</summary>
    public static Erc20Transfer? TryRead(FilterLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        return log.Topics.Count == 3
            && log.Topics[0] == Erc20.TransferTopic
            && new AbiReader(log.Topics[1].ToArray()).TryReadAddress(0, out var from)
            && new AbiReader(log.Topics[2].ToArray()).TryReadAddress(0, out var to)
            && new AbiReader(log.Data.Span).TryReadUInt256(0, out var value)
                ? new Erc20Transfer(log.Address, from, to, value)
                : null;
    }
}
