using AgentMesh.Evm;
using AgentMesh.X402.Networks;

namespace AgentMesh.X402.Tests.Networks;

public sealed class TokenAssetTests
{
    /// <summary>Another address is another's token, and another name or version a signature that the token refuses.</summary>
    [Fact]
    public void KnownTokens_AreThoseOfTheOfficialTable()
    {
        (TokenAsset Asset, ulong Chain, string Address, string Name)[] table =
        [
            (KnownAssets.UsdcOnBaseSepolia, 84_532, "0x036CbD53842c5426634e7929541eC2318f3dCF7e", "USDC"),
            (KnownAssets.UsdcOnBase, 8453, "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913", "USD Coin"),
            (KnownAssets.UsdcOnEthereum, 1, "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48", "USD Coin"),
            (KnownAssets.UsdcOnAvalanche, 43_114, "0xB97EF9Ef8734C71904D8002F8b6Bc66Dd9c48a6E", "USD Coin"),
            (KnownAssets.UsdcOnMonad, 143, "0x754704Bc059F8C67012fEd69BC8A327a5aafb603", "USDC"),
        ];
        foreach (var (asset, chain, address, name) in table)
            Assert.Equal((chain, address, "USDC", name, "2", 6), (asset.Network.ChainId, asset.Address.ToString(), asset.Symbol, asset.Name, asset.Version, asset.Decimals));
        Assert.Equal(table.Select(row => row.Asset), KnownAssets.All);
    }

    [Theory]
    [InlineData("", "Test", "1", 6)]
    [InlineData("TEST", "", "1", 6)]
    [InlineData("TEST", "Test", "", 6)]
    [InlineData("TEST", "Test", "1", -1)]
    [InlineData("TEST", "Test", "1", 78)]
    public void TokenThatCannotBe_IsAMistakeOfTheConfiguration(string symbol, string name, string version, int decimals) =>
        Assert.ThrowsAny<ArgumentException>(() => new TokenAsset(EvmNetwork.Base, KnownAssets.UsdcOnBase.Address, symbol, name, version, decimals));

    /// <summary>10^77 is the largest power of ten that is a uint256.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(77)]
    public void Decimals_AreThoseOfAnAmount(int decimals)
    {
        var asset = new TokenAsset(EvmNetwork.Base, KnownAssets.UsdcOnBase.Address, "TEST", "Test", "1", decimals);
        Assert.True(DecimalAmount.TryParse("1", asset.Decimals, out var one));
        Assert.Equal("1".PadRight(decimals + 1, '0'), one.ToString());
        Assert.Equal("1", DecimalAmount.Format(UInt256.Parse(one.ToString()), decimals));
    }

    /// <summary>The longest text that is read, whatever it says.</summary>
    [Theory]
    [InlineData(160, true)]
    [InlineData(161, false)]
    public void Text_HasItsLength(int length, bool read) =>
        Assert.Equal(read, DecimalAmount.TryParse("0." + new string('0', length - 2), length, out _));
}
