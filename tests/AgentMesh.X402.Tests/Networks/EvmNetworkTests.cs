using AgentMesh.Evm;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Tests.Networks;

public sealed class EvmNetworkTests
{
    [Theory]
    [InlineData("ethereum", "eip155:1")]
    [InlineData("sepolia", "eip155:11155111")]
    [InlineData("abstract", "eip155:2741")]
    [InlineData("abstract-testnet", "eip155:11124")]
    [InlineData("base-sepolia", "eip155:84532")]
    [InlineData("base", "eip155:8453")]
    [InlineData("avalanche-fuji", "eip155:43113")]
    [InlineData("avalanche", "eip155:43114")]
    [InlineData("iotex", "eip155:4689")]
    [InlineData("sei", "eip155:1329")]
    [InlineData("sei-testnet", "eip155:1328")]
    [InlineData("polygon", "eip155:137")]
    [InlineData("polygon-amoy", "eip155:80002")]
    [InlineData("peaq", "eip155:3338")]
    [InlineData("story", "eip155:1514")]
    [InlineData("educhain", "eip155:41923")]
    [InlineData("skale-base-sepolia", "eip155:324705682")]
    [InlineData("megaeth", "eip155:4326")]
    [InlineData("monad", "eip155:143")]
    [InlineData("stable", "eip155:988")]
    [InlineData("stable-testnet", "eip155:2201")]
    [InlineData("celo", "eip155:42220")]
    [InlineData("flare", "eip155:14")]
    public void Names_AreThoseOfVersion1(string name, string caip2)
    {
        Assert.True(EvmNetwork.TryParse(name, X402Version.V1, out var byName));
        Assert.True(EvmNetwork.TryParse(caip2, X402Version.V2, out var byNumber));
        Assert.Equal(byName, byNumber);
        Assert.Equal(caip2, byName.ToString());
        Assert.Equal(name, byNumber.LegacyName);
        // Each version has its own way to write, and one only.
        Assert.False(EvmNetwork.TryParse(name, X402Version.V2, out _));
        Assert.False(EvmNetwork.TryParse(caip2, X402Version.V1, out _));
        Assert.False(EvmNetwork.TryParse(caip2, 3, out _));
        Assert.False(EvmNetwork.TryParse(name, 3, out _));
    }

    [Theory]
    [InlineData("eip155:9007199254740991", true)]
    [InlineData("eip155:9007199254740992", false)]
    [InlineData("eip155:18446744073709551616", false)]
    [InlineData("eip155:1", true)]
    [InlineData("eip155:0", false)]
    [InlineData("eip155:01", false)]
    [InlineData("eip155:+1", false)]
    [InlineData("eip155: 1", false)]
    [InlineData("eip155:1 ", false)]
    [InlineData("eip155:0x1", false)]
    [InlineData("eip155:", false)]
    [InlineData("eip155:*", false)]
    [InlineData("EIP155:1", false)]
    [InlineData("solana:1", false)]
    [InlineData("1", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Caip2_HasOneText(string? text, bool valid)
    {
        Assert.Equal(valid, EvmNetwork.TryParse(text, out var network));
        if (valid)
            Assert.Equal(text, network.ToString());
    }

    [Theory]
    [InlineData("Base")]
    [InlineData("base ")]
    [InlineData("solana")]
    [InlineData("")]
    [InlineData(null)]
    public void OtherNames_AreNone(string? name) => Assert.False(EvmNetwork.TryParse(name, X402Version.V1, out _));

    [Fact]
    public void NetworkThatIsNone_IsAMistakeOfTheConfiguration() =>
        Assert.Equal("A network is eip155: and the number of its chain.", Assert.Throws<FormatException>(() => EvmNetwork.Parse("base")).Message);

    [Theory]
    [InlineData("base-sepolia USDC", "eip155:84532")]
    [InlineData("base USDC", "eip155:8453")]
    [InlineData("ethereum USDC", "eip155:1")]
    [InlineData("avalanche USDC", "eip155:43114")]
    public void KnownAssets_HaveTheDomainOfTheirContract(string vector, string network)
    {
        var domain = VectorFile.At("domains", vector);
        var asset = KnownAssets.Find(EvmNetwork.Parse(network), EvmAddress.Parse(domain.Text("verifyingContract")))!;
        Assert.Equal(domain.Text("separator"), asset.Domain.Separator.ToString());
        Assert.Equal((domain.Text("name"), domain.Text("version"), 6), (asset.Name, asset.Version, asset.Decimals));
    }

    [Fact]
    public void KnownAssets_AreKnownOnTheirOwnNetworkOnly()
    {
        Assert.Null(KnownAssets.Find(EvmNetwork.Base, KnownAssets.UsdcOnBaseSepolia.Address));
        Assert.All(KnownAssets.All, asset => Assert.Same(asset, KnownAssets.Find(asset.Network, asset.Address)));
    }
}
