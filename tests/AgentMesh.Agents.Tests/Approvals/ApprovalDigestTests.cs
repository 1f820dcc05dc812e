using AgentMesh.Agents.Approvals;
using AgentMesh.Agents.Policies;
using static AgentMesh.Agents.Tests.Policies.SamplePolicies;

namespace AgentMesh.Agents.Tests.Approvals;

public sealed class ApprovalDigestTests
{
    private const string Url = "https://shop.example/report";

    // Of the form itself: stored approvals are found by it.
    [Fact]
    public void Of_IsTheApprovedForm() => Assert.Equal(
        "b122f8ad8211f363119c5757d471ac10147727ca2ba0a8f8021e95ed2ec23389", ApprovalDigest.Of(Payment("100 USDC to ALICE"), "POST", Url, "{}"u8));

    [Theory]
    [InlineData("100 USDC to ALICE", "post", Url, "{}", true)]
    [InlineData("100 USDC to 0xA11CE00000000000000000000000000000000000", "POST", Url, "{}", true)]
    [InlineData("101 USDC to ALICE", "POST", Url, "{}", false)]
    [InlineData("100 FAKE to ALICE", "POST", Url, "{}", false)]
    [InlineData("100 MAIN to ALICE", "POST", Url, "{}", false)]
    [InlineData("100 USDC to BOB", "POST", Url, "{}", false)]
    [InlineData("100 USDC to ALICE", "PUT", Url, "{}", false)]
    [InlineData("100 USDC to ALICE", "POST", Url + "/", "{}", false)]
    [InlineData("100 USDC to ALICE", "POST", Url, "{} ", false)]
    [InlineData("100 USDC to ALICE", "POST", Url, "", false)]
    // Nothing moves from one part into the next.
    [InlineData("100 USDC to ALICE", "POSTh", "ttps://shop.example/report", "{}", false)]
    public void Of_IsTheSameForTheSamePaymentOnly(string payment, string method, string url, string body, bool same) => Assert.Equal(
        same, ApprovalDigest.Of(Payment("100 USDC to ALICE"), "POST", Url, "{}"u8) == ApprovalDigest.Of(Payment(payment), method, url, System.Text.Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void Of_WhatIsNoPayment_IsABug() =>
        Assert.Throws<ArgumentException>(() => ApprovalDigest.Of(new PolicyFacts(default, "nobody", null, Usdc, "eip155:84532", 1), "GET", Url, []));
}
