using AgentMesh.Evm.Abi;

namespace AgentMesh.Evm.Tokens;

/// <summary>Call data of what a token tells of itself (ERC-20), and its event. An <see cref="AbiReader"/> reads the answers.</summary>
public static class Erc20
{
    private static readonly byte[] BalanceOfSelector = AbiEncoder.Selector("balanceOf(address)");
    private static readonly byte[] NameSelector = AbiEncoder.Selector("name()");
    private static readonly byte[] VersionSelector = AbiEncoder.Selector("version()");
    private static readonly byte[] DecimalsSelector = AbiEncoder.Selector("decimals()");

    /// <summary>The first topic of <c>Transfer(address indexed from, address indexed to, uint256 value)</c>.</summary>
    public static Bytes32 TransferTopic { get; } = AbiEncoder.Topic("Transfer(address,address,uint256)");

    /// <summary><c>balanceOf(owner)</c>, answered with a <c>uint256</c> in atomic units.</summary>
    public static byte[] BalanceOf(EvmAddress owner) => new AbiEncoder().Add(owner).ToCall(BalanceOfSelector);

    /// <summary><c>name()</c>, answered with a <c>string</c>.</summary>
    public static byte[] Name() => [.. NameSelector];

    /// <summary><c>version()</c>, answered with a <c>string</c>: the version of the EIP-712 domain. Not of ERC-20, but tokens with EIP-3009 have it.</summary>
    public static byte[] Version() => [.. VersionSelector];

    /// <summary><c>decimals()</c>, answered with a <c>uint8</c>.</summary>
    public static byte[] Decimals() => [.. DecimalsSelector];
}
