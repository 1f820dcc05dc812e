using System.Net;
using AgentMesh.ServiceDefaults.Outgoing;

namespace AgentMesh.ServiceDefaults.Tests.Outgoing;

/// <summary>What can be seen of a URL, and how addresses in odd writings end at what they are.</summary>
public sealed class OutgoingUrlTests
{
    [Theory]
    [InlineData("https://shop.example/a?b=c", true)]
    [InlineData("http://shop.example:8081/", true)]
    [InlineData("https://xn--mnchen-3ya.example/", true)]
    [InlineData("ftp://shop.example/", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("gopher://shop.example/", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("//shop.example/", false)]
    [InlineData("/etc/passwd", false)]
    [InlineData("shop.example", false)]
    [InlineData("https://user@shop.example/", false)]
    [InlineData("https://user:password@shop.example/", false)]
    [InlineData("https://shop.example\\@127.0.0.1/", false)]
    [InlineData("https://shop.example/ a", false)]
    [InlineData("https://shop.example/\u00e4", false)]
    [InlineData("https:///a", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("http://127.0.0.1.256/", false)]
    [InlineData("http://shop.example.0x7f/", false)]
    public void Url_IsAbsoluteHttp_WithAHostAndNoCredentials(string? url, bool isTaken)
    {
        var parsed = OutgoingUrl.Parse(url);
        Assert.Equal(isTaken, !parsed.IsRefused);
        if (!isTaken)
            Assert.Equal("url_not_allowed", parsed.Refusal!.Code);
    }

    [Fact]
    public void Url_HasALongestLength()
    {
        const string Start = "https://shop.example/";
        Assert.False(OutgoingUrl.Parse(Start + new string('a', OutgoingUrl.MaxLength - Start.Length)).IsRefused);
        Assert.True(OutgoingUrl.Parse(Start + new string('a', OutgoingUrl.MaxLength - Start.Length + 1)).IsRefused);
    }

    /// <summary>They are refused, or become the address that they stand for, which is looked at as any other.</summary>
    [Theory]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f000001/")]
    [InlineData("http://0x7f.0.0.1/")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://017700000001/")]
    [InlineData("http://127.1/")]
    [InlineData("http://127.0.1/")]
    [InlineData("http://127.0.0.1./")]
    [InlineData("http://0/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::ffff:7f00:1]/")]
    [InlineData("http://[0:0:0:0:0:ffff:127.0.0.1]/")]
    [InlineData("http://[64:ff9b::7f00:1]/")]
    [InlineData("http://[fd00:ec2::254]/")]
    [InlineData("http://0xa9fea9fe/")]
    [InlineData("http://2852039166/")]
    public void AddressInAnyWriting_IsNotReached(string url)
    {
        var parsed = OutgoingUrl.Parse(url);
        if (!parsed.IsRefused)
            Assert.False(AddressRules.IsPublic(IPAddress.Parse(parsed.Value.IdnHost)), parsed.Value.IdnHost);
    }

    [Theory]
    [InlineData("https://a.example/x", "/y", "https://a.example/y")]
    [InlineData("https://a.example/x", "https://b.example/", "https://b.example/")]
    [InlineData("http://a.example/x", "https://a.example/x", "https://a.example/x")]
    [InlineData("https://a.example/x", "//b.example/y", "https://b.example/y")]
    [InlineData("https://a.example/x", "http://a.example/x", null)]
    [InlineData("https://a.example/x", "https://user@b.example/", null)]
    [InlineData("https://a.example/x", "file:///etc/passwd", null)]
    [InlineData("https://a.example/x", "https://bücher.example/", "https://bücher.example/")]
    // It has no ASCII form; Uri takes it, and throws when it is asked for that.
    [InlineData("https://a.example/x", "https://xn--ü.example/", null)]
    public void Redirect_IsLookedAtAsAnyUrl(string from, string to, string? expected) =>
        Assert.Equal(expected, OutgoingUrl.Follow(new Uri(from), new Uri(to, UriKind.RelativeOrAbsolute)).Value?.ToString());
}
