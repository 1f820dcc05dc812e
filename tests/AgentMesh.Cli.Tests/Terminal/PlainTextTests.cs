using AgentMesh.Cli.Terminal;

namespace AgentMesh.Cli.Tests.Terminal;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("plain äöü 漢字 😀", "plain äöü 漢字 😀")]
    [InlineData("\u001b[31mred", @"\u001b[31mred")]
    [InlineData("\u009b31m", @"\u009b31m")]
    [InlineData("a\rb", @"a\u000db")]
    [InlineData("a\nb\tc", @"a\u000ab\u0009c")]
    [InlineData("abc\u202edef", @"abc\u202edef")]
    [InlineData("a\u2028b", @"a\u2028b")]
    [InlineData("\0\u007f", @"\u0000\u007f")]
    public void ControlCharacters_AreShown_AndDoNothing(string text, string shown) => Assert.Equal(shown, PlainText.Of(text));

    [Fact]
    public void Lines_StayWhereTheyAreAllowed() => Assert.Equal("a\nb\tc" + @"\u001b", PlainText.Of("a\r\nb\tc\u001b", keepsLines: true));
}
