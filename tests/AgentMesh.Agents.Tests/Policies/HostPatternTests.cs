using AgentMesh.Agents.Policies;
using CsCheck;

namespace AgentMesh.Agents.Tests.Policies;

public sealed class HostPatternTests
{
    private static readonly string[] Pieces = ["xn--", "a", "Z", "ü", "ß", "ａ", "😀", "\u00ad", "\ud800", ".", "。", "．", "-", "_", "0", "0x", "１", "[", "]", "::1", new string('é', 40)];

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
    // Uri takes it, and throws when it is asked for the ASCII form.
    [InlineData("xn--ü.example", null)]
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

    /// <summary>RFC 1035: a name has 253 characters and a label 63.</summary>
    [Theory]
    [InlineData(252, 63, true)]
    [InlineData(253, 63, true)]
    [InlineData(254, 63, false)]
    [InlineData(200, 62, true)]
    [InlineData(200, 64, false)]
    public void Canonical_OfATooLongHost_IsNone(int length, int label, bool isHost)
    {
        var host = string.Join('.', Enumerable.Repeat(new string('a', label), 4))[..length];
        Assert.Equal(isHost ? host : null, HostPattern.Canonical(host));
        Assert.Equal(isHost, HostPattern.TryParse(host, out _));
    }

    /// <summary>The bound is that of the form, in which an <c>ü</c> is eight characters. Uri gives one of 254, and throws for a longer one when it is asked for its form.</summary>
    [Theory]
    [InlineData(53, 253)]
    [InlineData(54, null)]
    [InlineData(55, null)]
    public void Canonical_OfANameThatIsTooLongInAscii_IsNone(int letters, int? length)
    {
        var label = new string('a', 63);
        Assert.Equal(length, HostPattern.Canonical($"{label}.{label}.{label}.{new string('a', letters)}ü")?.Length);
    }

    /// <summary>Whatever is asked for, there is no exception, the form is a host, and it is its own form.</summary>
    [Fact]
    public void Canonical_IsAHostOrNone() => Gen.OneOf(Gen.Int[0, Pieces.Length - 1].Array[1, 6].Select(pieces => string.Concat(pieces.Select(n => Pieces[n]))), Gen.String).Sample(text =>
    {
        if (HostPattern.Canonical(text) is not { } host)
            return;
        Assert.Equal(host, HostPattern.Canonical(host));
        Assert.InRange(host.Length, 1, 253);
        Assert.DoesNotContain("", host.Split('.'));
        Assert.True(host.StartsWith('[') || host.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || "-_.".Contains(character)), host);
    });

    /// <summary>What a caller has in its hands after a text was none, should it go on.</summary>
    [Theory]
    [InlineData("*.com")]
    [InlineData("*.0.0.1")]
    [InlineData("a/b")]
    public void WhatIsNoPattern_MatchesNothing(string text)
    {
        Assert.False(HostPattern.TryParse(text, out var pattern));
        Assert.Equal(default, pattern);
        Assert.False(pattern.Matches("a.com"));
        Assert.Equal("", pattern.ToString());
    }
}
