using System.Net;
using AgentMesh.ServiceDefaults.Outgoing;

namespace AgentMesh.ServiceDefaults.Tests.Outgoing;

/// <summary>What is said of a URL before anything is stored or asked; what it is called by in the end is the connection's to look at.</summary>
public sealed class OutgoingRulesTests
{
    [Theory]
    [InlineData("https://93.184.216.34/", null, true)]
    [InlineData("http://169.254.169.254/latest/", null, false)]
    [InlineData("http://169.254.169.254/latest/", "169.254.169.254:80", true)]
    [InlineData("http://10.0.0.1/", null, false)]
    [InlineData("http://10.0.0.1/", "10.0.0.0/24", true)]
    [InlineData("http://10.0.1.0/", "10.0.0.0/24", false)]
    [InlineData("http://10.0.0.1:81/", "10.0.0.1:80", false)]
    [InlineData("http://2130706433/", null, false)]
    [InlineData("http://0x7f.1/", null, false)]
    [InlineData("http://[::1]:1/", null, false)]
    [InlineData("http://[::1]:1/", "[::1]:1", true)]
    [InlineData("http://[::ffff:10.0.0.1]/", null, false)]
    [InlineData("http://[64:ff9b::a00:1]/", null, false)]
    [InlineData("http://[2606:4700::1]/", null, true)]
    [InlineData("http://[fe80::1%25eth0]/", null, false)]
    // A name may lead anywhere: it is resolved when it is connected to, and once.
    [InlineData("http://localhost:1/", null, true)]
    [InlineData("http://metadata.internal/", null, true)]
    // The mesh's own gateway.
    [InlineData("http://127.0.0.1:8080/agent/bob/premium/analysis", null, true)]
    [InlineData("http://localhost:8080/agent/bob/message", null, false)]
    [InlineData("http://[::1]:8080/admin/keys", null, false)]
    [InlineData("ftp://shop.example/", null, false)]
    [InlineData("http://user@shop.example/", null, false)]
    [InlineData("/a", null, false)]
    [InlineData("", null, false)]
    [InlineData(null, null, false)]
    public void Read_RefusesWhatTheTextSays(string? url, string? allow, bool isAllowed) =>
        Assert.Equal(isAllowed ? null : OutgoingRefusals.UrlNotAllowed, Rules(allow).Read(url).Refusal?.Code);

    [Theory]
    [InlineData("metadata.internal", "169.254.169.254", 80, false)]
    [InlineData("metadata.internal", "169.254.169.254", 81, true)]
    [InlineData("shop.example", "93.184.216.34", 80, true)]
    public void Allows_LooksAtTheAddressThatANameHas(string host, string address, int port, bool isAllowed) =>
        Assert.Equal(isAllowed, Rules("metadata.internal:81").Allows(host, IPAddress.Parse(address), port));

    private static OutgoingRules Rules(string? allow)
    {
        Assert.True(OutgoingAllowList.TryParse(allow, [8080], out var list, out _));
        return new OutgoingRules(list);
    }
}
