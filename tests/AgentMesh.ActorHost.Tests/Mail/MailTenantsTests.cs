using AgentMesh.ActorHost.Mail;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.ActorHost.Tests.Mail;

/// <summary>Mail stays within its tenant, but for pairs that an operator names, and receivers who name the sender.</summary>
public sealed class MailTenantsTests
{
    private const string Alice = "acme:alice";
    private const string Bob = "default:bob";
    private const string Setting = $"{MailOptions.Section}:{nameof(MailOptions.AcrossTenants)}:0";

    [Theory]
    [InlineData("default>acme")]
    [InlineData("acme>other")]
    [InlineData(null)]
    public async Task OtherTenant_IsRefusedAtOnce_WhateverItsAgentsAllow(string? pair)
    {
        await using var host = await HostUnderTest.StartAsync(pair is null ? [] : [(Setting, pair)]);
        await host.SetMailPolicyAsync(Bob, "store", allow: ["acme:*"]);
        Assert.Equal(MailCodes.MailNotAllowed, (await host.SendMailAsync(Alice, "r1", Bob)).Refusal!.Code);
        Assert.Empty(await host.MailAsync(Alice, isSent: true));
    }

    [Theory]
    [InlineData("acme:alice", null)]
    [InlineData("acme:*", null)]
    [InlineData("acme:bob", MailCodes.MailNotAllowed)]
    [InlineData("alice", MailCodes.MailNotAllowed)]
    [InlineData("*", MailCodes.MailNotAllowed)]
    [InlineData("", MailCodes.MailNotAllowed)]
    public async Task NamedPair_IsTaken_WhereTheReceiverNamesTheSenderToo(string allow, string? code)
    {
        await using var host = await HostUnderTest.StartAsync((Setting, "acme > default"));
        await host.SetMailPolicyAsync(Bob, "store", allow: allow.Length == 0 ? null : [allow]);
        Assert.Null((await host.SendMailAsync(Alice, "r1", Bob)).Refusal);
        await HostUnderTest.UntilAsync(async () => (await host.MailAsync(Alice, isSent: true))[0].State != MailStates.Pending);
        Assert.Equal(code, Assert.Single(await host.MailAsync(Alice, isSent: true)).Code);
        Assert.Equal(code is null ? [Alice] : [], (await host.MailAsync(Bob, isSent: false)).Select(mail => mail.From));
    }

    /// <summary>A pair is for one direction; an answer is what the other one has asked for.</summary>
    [Fact]
    public async Task NamedPair_IsAnswered_AndNotWrittenBackTo()
    {
        await using var host = await HostUnderTest.StartAsync((Setting, "acme>default"));
        await host.SetMailPolicyAsync(Alice, "store", allow: ["default:*"]);
        await host.SetMailPolicyAsync(Bob, "answer", allow: ["acme:alice"]);
        Assert.Equal(MailCodes.MailNotAllowed, (await host.SendMailAsync(Bob, "r1", Alice)).Refusal!.Code);
        var id = (await host.SendMailAsync(Alice, "r1", Bob)).Value!.MessageIds[0];
        await HostUnderTest.UntilAsync(async () => (await host.MailAsync(Alice, isSent: false)).Count == 1);
        var answer = Assert.Single(await host.MailAsync(Alice, isSent: false));
        Assert.Equal((Bob, id, null), (answer.From, answer.InReplyTo, answer.Failure));
    }
}
