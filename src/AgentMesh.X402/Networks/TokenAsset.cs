using AgentMesh.Evm;
using AgentMesh.Evm.Eip712;

namespace AgentMesh.X402.Networks;

/// <summary>A token that can be paid with by EIP-3009, and what a signature for it needs.</summary>
public sealed class TokenAsset
{
    /// <summary>Takes what the token says of itself; compare it with the chain (<c>name()</c>, <c>version()</c>, <c>decimals()</c>).</summary>
    /// <param name="network">Its chain.</param>
    /// <param name="address">Its contract.</param>
    /// <param name="symbol">For people.</param>
    /// <param name="name">The name of its EIP-712 domain. A wrong one gives a signature over something else.</param>
    /// <param name="version">The version of its EIP-712 domain, text.</param>
    /// <param name="decimals">Digits behind the point of one unit.</param>
    public TokenAsset(EvmNetwork network, EvmAddress address, string symbol, string name, string version, int decimals)
    {
        ArgumentException.ThrowIfNullOrEmpty(symbol);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(version);
        ArgumentOutOfRangeException.ThrowIfNegative(decimals);
        // 10^77 is the largest power of ten that is a uint256.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(decimals, 77);
        Network = network;
        Address = address;
        Symbol = symbol;
        Name = name;
        Version = version;
        Decimals = decimals;
        Domain = CreateDomain(network, address, name, version);
    }

    /// <summary>Its chain.</summary>
    public EvmNetwork Network { get; }

    /// <summary>Its contract.</summary>
    public EvmAddress Address { get; }

    /// <summary>For people.</summary>
    public string Symbol { get; }

    /// <summary>The name of its EIP-712 domain.</summary>
    public string Name { get; }

    /// <summary>The version of its EIP-712 domain.</summary>
    public string Version { get; }

    /// <summary>Digits behind the point of one unit.</summary>
    public int Decimals { get; }

    /// <summary>What signatures for it are bound to.</summary>
    public TypedDataDomain Domain { get; }

    internal static TypedDataDomain CreateDomain(EvmNetwork network, EvmAddress address, string name, string version) =>
        new(name, version, network.ChainId, address);
}
