using AgentMesh.Agents.Budgets;

namespace AgentMesh.Agents.Tests.Budgets;

/// <summary>Names of tokens: one spelling each, of chains whose accounts are addresses.</summary>
public sealed class ChainNamesTests
{
    private const string Hex = "036cbd53842c5426634e7929541ec2318f3dcf7e";

    [Theory]
    [InlineData("eip155:84532", "/erc20:", "0x" + Hex, true)]
    [InlineData("eip155:1", "/erc20:", "0x" + Hex, true)]
    // CAIP-2: at most 32 characters behind the namespace; without sign or leading zero.
    [InlineData("eip155:99999999999999999999999999999999", "/erc20:", "0x" + Hex, true)]
    [InlineData("eip155:999999999999999999999999999999999", "/erc20:", "0x" + Hex, false)]
    [InlineData("eip155:", "/erc20:", "0x" + Hex, false)]
    [InlineData("eip155:0", "/erc20:", "0x" + Hex, false)]
    [InlineData("eip155:084532", "/erc20:", "0x" + Hex, false)]
    [InlineData("eip155:+84532", "/erc20:", "0x" + Hex, false)]
    [InlineData("eip155:a4532", "/erc20:", "0x" + Hex, false)]
    [InlineData("eip155:8453f", "/erc20:", "0x" + Hex, false)]
    [InlineData("EIP155:84532", "/erc20:", "0x" + Hex, false)]
    [InlineData("eip156:84532", "/erc20:", "0x" + Hex, false)]
    [InlineData("", "/erc20:", "0x" + Hex, false)]
    [InlineData("eip155:84532", "/erc721:", "0x" + Hex, false)]
    [InlineData("eip155:84532", "", "0x" + Hex, false)]
    [InlineData("eip155:84532", "/erc20:", "1x" + Hex, false)]
    [InlineData("eip155:84532", "/erc20:", Hex, false)]
    [InlineData("eip155:84532", "/erc20:", "0x" + Hex + "0", false)]
    [InlineData("eip155:84532", "/erc20:", "0xg36cbd53842c5426634e7929541ec2318f3dcf7e", false)]
    [InlineData("eip155:84532", "/erc20:", "0x036cbd53842c5426634e7929541ec2318f3dcf7g", false)]
    public void Token_IsReadOrRefused(string network, string kind, string contract, bool isToken)
    {
        var text = network + kind + contract;
        Assert.Equal(isToken ? text : null, BudgetAssets.TokenOf(text));
        Assert.Equal(isToken, BudgetAssets.IsCanonical(text));
    }

    [Theory]
    [InlineData("0x036CbD53842c5426634e7929541eC2318f3dCF7e")]
    [InlineData("0X036CBD53842C5426634E7929541EC2318F3DCF7E")]
    public void Token_HasOneSpelling(string contract)
    {
        Assert.Equal(FakeLedger.Usdc, BudgetAssets.TokenOf("eip155:84532/erc20:" + contract));
        Assert.False(BudgetAssets.IsCanonical("eip155:84532/erc20:" + contract));
        Assert.Equal(FakeLedger.Usdc, BudgetAssets.Erc20("eip155:84532", contract));
    }
}
