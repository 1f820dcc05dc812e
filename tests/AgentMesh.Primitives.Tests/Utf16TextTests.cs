namespace AgentMesh.Primitives.Tests;

public sealed class Utf16TextTests
{
    [Theory]
    [InlineData("", 0, "")]
    [InlineData("", 1, "")]
    [InlineData("abc", 4, "abc")]
    [InlineData("abc", 3, "abc")]
    [InlineData("abc", 2, "ab")]
    [InlineData("abc", 0, "")]
    [InlineData("a\U0001F600", 3, "a\U0001F600")]
    [InlineData("a\U0001F600", 2, "a")]
    [InlineData("a\U0001F600b", 3, "a\U0001F600")]
    [InlineData("\U0001F600", 1, "")]
    public void Text_IsCutBetweenCharacters(string text, int length, string expected) => Assert.Equal(expected, Utf16Text.Cut(text, length));
}
