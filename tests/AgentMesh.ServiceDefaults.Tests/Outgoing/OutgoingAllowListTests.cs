using System.Net;
using AgentMesh.ServiceDefaults.Outgoing;

namespace AgentMesh.ServiceDefaults.Tests.Outgoing;

/// <summary>The setting that lets agents call more than the public internet.</summary>
public sealed class OutgoingAllowListTests
{
    [Theory]
    [InlineData("gateway:80", "gateway", "10.0.0.1", 80, true)]
    [InlineData("GATEWAY:80", "gateway", "10.0.0.1", 80, true)]
    [InlineData("gateway:80", "gateway", "10.0.0.1", 81, false)]
    [InlineData("gateway:80", "gateway.evil.example", "10.0.0.1", 80, false)]
    [InlineData("127.0.0.1:5000", "127.0.0.1", "127.0.0.1", 5000, true)]
    [InlineData("127.0.0.1:5000", "anything", "127.0.0.1", 5000, true)]
    [InlineData("127.0.0.1:5000", "127.0.0.1", "127.0.0.1", 5001, false)]
    [InlineData("127.0.0.1:5000", "127.0.0.2", "127.0.0.2", 5000, false)]
    [InlineData("127.0.0.1:5000", "::ffff:127.0.0.1", "::ffff:127.0.0.1", 5000, true)]
    [InlineData("[::1]:5000", "::1", "::1", 5000, true)]
    [InlineData("10.1.0.0/16", "shop", "10.1.255.255", 1, true)]
    [InlineData("10.1.0.0/16", "shop", "10.2.0.0", 1, false)]
    [InlineData("fd00::/8", "shop", "fd12::1", 1, true)]
    [InlineData(" a:1 , b:2 ", "b", "10.0.0.1", 2, true)]
    [InlineData("", "localhost", "127.0.0.1", 80, false)]
    public void Entries_AllowWhatTheySay(string setting, string host, string address, int port, bool isAllowed)
    {
        Assert.True(OutgoingAllowList.TryParse(setting, [], out var list, out _));
        Assert.Equal(isAllowed, list.Allows(host, IPAddress.Parse(address), port));
    }

    [Theory]
    [InlineData("gateway")]
    [InlineData("gateway:")]
    [InlineData("gateway:0")]
    [InlineData("gateway:65536")]
    [InlineData("10.0.0.0/33")]
    [InlineData("a b:80")]
    [InlineData("http://gateway:80")]
    public void WrongEntry_IsNamed(string entry)
    {
        Assert.False(OutgoingAllowList.TryParse($"fine:80,{entry}", [], out _, out var wrong));
        Assert.Equal(entry, wrong);
    }

    [Theory]
    [InlineData("localhost", "127.0.0.1", 8080, true)]
    [InlineData("127.0.0.1", "127.0.0.1", 8080, true)]
    [InlineData("::1", "::1", 8080, true)]
    [InlineData("localhost", "127.0.0.1", 8081, false)]
    [InlineData("localhost", "10.0.0.1", 8081, false)]
    [InlineData("localhost", "10.0.0.1", 8080, false)]
    [InlineData("evil.example", "127.0.0.1", 8080, false)]
    [InlineData("localhost.", "127.0.0.1", 8080, false)]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1", 8080, false)]
    public void GatewaysOfThisMachine_AreAllowed(string host, string address, int port, bool isAllowed)
    {
        OutgoingAllowList.TryParse(null, [8080], out var list, out _);
        Assert.Equal(isAllowed, list.Allows(host, IPAddress.Parse(address), port));
    }

    /// <summary>In Development the gateway takes every caller of this machine for the owner: an agent must not approve its own payments there.</summary>
    [Theory]
    [InlineData("http://127.0.0.1:8080/agent/bob/premium/analysis", true)]
    [InlineData("http://localhost:8080/agent/bob/premium/analysis?a=b", true)]
    [InlineData("http://127.0.0.1:8080/agent/alice/approvals/aaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    [InlineData("http://127.0.0.1:8080/agent/bob/premium/../message", false)]
    [InlineData("http://127.0.0.1:8080/agent/bob/premium/%2e%2e/message", false)]
    [InlineData("http://[::1]:8080/agent/bob/message", false)]
    [InlineData("http://0x7f.1:8080/admin/wallets/rotate", false)]
    [InlineData("http://localhost:8080//agent/bob/premium/analysis", false)]
    [InlineData("http://localhost:8081/agent/bob/message", true)]
    public void OfTheGatewaysOfThisMachine_OnlyWhatIsSoldIsCalled(string url, bool isAllowed)
    {
        OutgoingAllowList.TryParse(null, [8080], out var list, out _);
        Assert.Equal(isAllowed, list.AllowsPath(new Uri(url)));
    }
}
