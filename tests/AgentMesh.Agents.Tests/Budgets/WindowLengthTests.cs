using AgentMesh.Agents.Budgets;

namespace AgentMesh.Agents.Tests.Budgets;

/// <summary>Lengths of windows have one spelling: hours where it is whole ones, else minutes.</summary>
public sealed class WindowLengthTests
{
    [Theory]
    [InlineData(1, "1m")]
    [InlineData(59, "59m")]
    [InlineData(60, "1h")]
    [InlineData(61, "61m")]
    [InlineData(90, "90m")]
    [InlineData(24 * 60, "24h")]
    [InlineData(744 * 60, "744h")]
    public void Length_IsWrittenAsItIsRead(int minutes, string text)
    {
        var length = TimeSpan.FromMinutes(minutes);
        Assert.Equal(text, WindowLength.Format(length));
        Assert.Equal(length, WindowLength.TryParse(text, BudgetBounds.ShortestRolling, BudgetBounds.LongestRolling));
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("5")]
    [InlineData("0000001m")]
    [InlineData("1000000m")]
    public void Text_ThatIsNoLength_IsNone(string text) =>
        Assert.Null(WindowLength.TryParse(text, TimeSpan.Zero, TimeSpan.MaxValue));
}
