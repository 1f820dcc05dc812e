using System.Net.Http.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.ActorHost.Tests.Mail;

/// <summary>An agent that sends more messages than it may is told when it sends the next.</summary>
public sealed class MailRateTests
{
    private const string Alice = "default:alice";

    [Fact]
    public async Task MessageTooMany_IsRefused_WithWhatIsLeft_AlsoWhenItIsAReplay()
    {
        await using var host = await HostUnderTest.StartAsync(("AgentMesh:Mail:RatePermits", "2"), ("AgentMesh:Mail:RateWindowSeconds", "60"));
        await host.CallAsync(
            "default:bob", nameof(IAgentMail.SetMailPolicy), JsonContent.Create(new MailSettings(null, null, ["*"]), ContractsJson.Default.MailSettings),
            ContractsJson.Default.ReplyMailSettings);
        var dead = Assert.Single((await SendAsync(host, "r1")).Value!.MessageIds);
        await SettledAsync(host);
        Assert.Null((await ChangeAsync(host, dead)).Refusal);
        // Calls that are under way are over before the clock of their timeouts goes on.
        await SettledAsync(host);
        host.Time.Advance(TimeSpan.FromSeconds(10));

        var refused = await SendAsync(host, "r3");
        Assert.Equal(MailCodes.MailRateLimited, refused.Refusal!.Code);
        Assert.Equal(new RateLimit(2, 60, 0, 50), refused.RateLimit);
        host.Time.Advance(TimeSpan.FromSeconds(50));
        Assert.Null((await SendAsync(host, "r4")).RateLimit);
        var other = Assert.Single((await SendAsync(host, "r5")).Value!.MessageIds);
        await SettledAsync(host);
        var replayed = await ChangeAsync(host, other);
        Assert.Equal((MailCodes.MailRateLimited, new RateLimit(2, 60, 0, 60)), (replayed.Refusal!.Code, replayed.RateLimit));
    }

    private static Task SettledAsync(HostUnderTest host) => HostUnderTest.UntilAsync(async () => (await host.CallAsync(
        Alice, nameof(IAgentMail.ListMail), JsonContent.Create(new ListMail(true, 100, null), ContractsJson.Default.ListMail), ContractsJson.Default.ReplyMailPage))
        .Value!.Messages.All(mail => mail.State == MailStates.Dead));

    private static Task<Reply<SentMail>> SendAsync(HostUnderTest host, string requestId) => host.CallAsync(
        Alice, nameof(IAgentMail.SendMail), JsonContent.Create(new SendMail(requestId, null, ["default:bob"], "hi"), ContractsJson.Default.SendMail), ContractsJson.Default.ReplySentMail);

    private static Task<Reply<MailItem>> ChangeAsync(HostUnderTest host, string id) => host.CallAsync(
        Alice, nameof(IAgentMail.ChangeMail), JsonContent.Create(new ChangeMail(MailVerbs.Replay, id), ContractsJson.Default.ChangeMail), ContractsJson.Default.ReplyMailItem);
}
