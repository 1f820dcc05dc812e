using AgentMesh.Evm;

namespace AgentMesh.Cli.Funding;

/// <summary>What the faucet is asked for.</summary>
/// <param name="Address">Who gets it.</param>
/// <param name="Amount">Atomic units, decimal digits.</param>
/// <param name="Network">CAIP-2; null: its first.</param>
/// <param name="Asset">The token; null: the network's USDC.</param>
internal sealed record FaucetOrder(string Address, string Amount, string? Network, string? Asset);

/// <summary>What it gave.</summary>
/// <param name="Amount">Atomic units, decimal digits.</param>
/// <param name="Network">CAIP-2.</param>
/// <param name="Transaction">The hash.</param>
/// <param name="Balance">What the address has now, atomic units, decimal digits.</param>
internal sealed record FaucetGift(string Amount, string Network, string Transaction, string Balance)
{
    /// <summary>The amounts are amounts.</summary>
    public bool IsReadable => UInt256.TryParse(Amount, out _) && UInt256.TryParse(Balance, out _);
}
