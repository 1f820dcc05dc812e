using AgentMesh.ActorHost.Responders;

namespace AgentMesh.ActorHost.Tests.Responders;

public sealed class ModelPriceTests
{
    [Theory]
    // One token at 0.000001 USD for a million: the smallest price, and anything that costs is at least one micro-unit.
    [InlineData("0.000001", "0", 1, 0, 1)]
    [InlineData("0.000001", "0", 1_000_000, 0, 1)]
    [InlineData("0.000001", "0", 1_000_001, 0, 2)]
    // A rounding for the sum, not one each.
    [InlineData("0.5", "0.5", 1, 1, 1)]
    [InlineData("0.5", "0.500001", 1, 1, 2)]
    [InlineData("0.5", "0.499999", 1, 1, 1)]
    [InlineData("2.50", "10", 1000, 500, 7500)]
    [InlineData("0.15", "0.6", 999_999, 999_999, 750_000)]
    [InlineData("3", "15", 0, 0, 0)]
    [InlineData("0", "0", long.MaxValue, long.MaxValue, 0)]
    [InlineData("3", "15", -5, -1, 0)]
    [InlineData("1", "0", long.MaxValue, 0, long.MaxValue)]
    [InlineData("1000000", "1000000", long.MaxValue, long.MaxValue, long.MaxValue)]
    // 0.1 and 0.2 have no exact binary fraction.
    [InlineData("0.1", "0.2", 10, 10, 3)]
    [InlineData("0.1", "0.2", 11, 10, 4)]
    public void Cost_IsTheSumRoundedUp(string input, string output, long read, long written, long microUsd)
    {
        Assert.True(ModelPrice.TryParse(input, output, out var price));
        Assert.Equal(microUsd, price.CostMicroUsd(read, written));
    }

    [Theory]
    // One micro-USD short of a token, the token, and one more.
    [InlineData("3", "15", 74, 20, 2048, 0)]
    [InlineData("3", "15", 75, 20, 2048, 1)]
    [InlineData("3", "15", 90, 20, 2048, 2)]
    [InlineData("3", "15", 30_779, 20, 2048, 2047)]
    [InlineData("3", "15", 30_780, 20, 2048, 2048)]
    [InlineData("3", "15", long.MaxValue, 20, 2048, 2048)]
    [InlineData("3", "15", 0, 20, 2048, 0)]
    [InlineData("3", "0", 0, 20, 2048, 2048)]
    [InlineData("0.000001", "1000000", 1_000_000, 1, 2048, 0)]
    [InlineData("0.000001", "1000000", 1_000_001, 1, 2048, 1)]
    public void Amount_PaysForSoManyTokens(string input, string output, long microUsd, long read, int atMost, int written)
    {
        Assert.True(ModelPrice.TryParse(input, output, out var price));
        Assert.Equal(written, price.OutputTokensFor(microUsd, read, atMost));
        Assert.True(written == 0 || price.CostMicroUsd(read, written) <= microUsd || output == "0");
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("0.15", true)]
    [InlineData("0.123456", true)]
    [InlineData("0.1234567", false)]
    [InlineData("1000000", true)]
    [InlineData("1000000.000001", false)]
    [InlineData("1000001", false)]
    [InlineData("00000000", false)]
    [InlineData(".5", false)]
    [InlineData("5.", false)]
    [InlineData("1.2.3", false)]
    [InlineData("-1", false)]
    [InlineData("+1", false)]
    [InlineData("1e3", false)]
    [InlineData("1,5", false)]
    [InlineData(" 1", false)]
    [InlineData("١", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Price_IsAPlainDecimal(string? text, bool isPrice)
    {
        Assert.Equal(isPrice, ModelPrice.TryParse(text, "0", out _));
        Assert.Equal(isPrice, ModelPrice.TryParse("0", text, out _));
    }
}
