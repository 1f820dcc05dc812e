using AgentMesh.Agents.Policies;

namespace AgentMesh.Agents.Tests.Policies;

public sealed class HostPatternTests
{
    [Theory]
    [InlineData("example.com", "example.com")]
    [InlineData("EXAMPLE.com.", "example.com")]
    [InlineData("localhost", "localhost")]
    [InlineData("a_b.example", "a_b.example")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    // What connects takes these for 127.0.0.1 too.
    [InlineData("0x7f.1", "127.0.0.1")]
    [InlineData("2130706433", "127.0.0.1")]
    [InlineData("[::1]", "[::1]")]
    [InlineData("[0:0:0:0:0:0:0:1]", "[::1]")]
    [InlineData("BÜCHER.example", "xn--bcher-kva.example")]
    [InlineData("", null)]
    [InlineData(".", null)]
    [InlineData("example.com..", null)]
    [InlineData("a..b", null)]
    [InlineData("::1", null)]
    [InlineData("[::1%eth0]", null)]
    [InlineData("[::1]x", null)]
    [InlineData("1.2.3.4.5", null)]
    [InlineData("256.1.1.1", null)]
    [InlineData("example.com:443", null)]
    [InlineData("user@example.com", null)]
    [InlineData("example.com/path", null)]
    [InlineData("example.com?x", null)]
    [InlineData("example.com#x", null)]
    [InlineData("example.com\\x", null)]
    [InlineData("exam%70le.com", null)]
    [InlineData(" example.com", null)]
    [InlineData("example.com\0", null)]
    [InlineData("*.example.com", null)]
    public void Canonical_IsTheHostThatIsConnectedTo(string text, string? canonical) => Assert.Equal(canonical, HostPattern.Canonical(text));

    [Theory]
    [InlineData("*.example.com", true)]
    [InlineData("*.a.example.com", true)]
    [InlineData("*.com", false)]
    [InlineData("*.localhost", false)]
    [InlineData("*", false)]
    [InlineData("*.", false)]
    [InlineData("**.example.com", false)]
    [InlineData("*.*.example.com", false)]
    [InlineData("a.*.example.com", false)]
    [InlineData("*example.com", false)]
    [InlineData("*.0.0.1", false)]
    [InlineData("*.127.0.0.1", false)]
    [InlineData("*.[::1]", false)]
    public void TryParse_TakesWildcardsAboveADomain(string text, bool valid) => Assert.Equal(valid, HostPattern.TryParse(text, out _));

    [Fact]
    public void Canonical_OfATooLongHost_IsNone()
    {
        var label = new string('a', 49);
        Assert.NotNull(HostPattern.Canonical(string.Join('.', label, label, label, label, label)));
        Assert.Null(HostPattern.Canonical(string.Join('.', label, label, label, label, label, "abcd")));
    }

    [Fact]
    public void Default_MatchesNothing() => Assert.False(default(HostPattern).Matches("example.com"));
}
