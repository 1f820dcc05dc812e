using AgentMesh.X402.Networks;

namespace AgentMesh.X402.Tests.Networks;

/// <summary>Known tokens by their names in CAIP-19.</summary>
public sealed class KnownAssetsTests
{
    [Theory]
    [InlineData("eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e", true)]
    [InlineData("eip155:84532/erc20:0x036CbD53842c5426634e7929541eC2318f3dCF7e", true)]
    [InlineData("eip155:8453/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e", false)]
    [InlineData("/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e", false)]
    [InlineData("eip155:84532/erc20:", false)]
    [InlineData("eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e/erc20:0x00", false)]
    [InlineData("USD", false)]
    [InlineData("", false)]
    public void Name_FindsItsToken(string name, bool isKnown) => Assert.Equal(isKnown ? KnownAssets.UsdcOnBaseSepolia : null, KnownAssets.Find(name));
}
