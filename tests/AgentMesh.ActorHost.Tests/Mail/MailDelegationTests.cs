using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Testing.ModelServer;

namespace AgentMesh.ActorHost.Tests.Mail;

/// <summary>Money that came with a message and goes on with another one.</summary>
public sealed class MailDelegationTests
{
    private const string Alice = "default:alice";
    private const string Bob = "default:bob";
    private const string Carol = "default:carol";

    [Fact]
    public async Task TurnThatDelegatesFurther_StaysWithinItsGrant_AndIsNotOfTheReceiversOwnMoney()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await HostUnderTest.StartAsync(
            ("AgentMesh:Responder:Provider", "openai"), ("AgentMesh:Responder:Endpoint", model.OpenAIEndpoint.ToString()), ("AgentMesh:Responder:Model", "m"),
            ("AgentMesh:Responder:ApiKey", "sk-test-0123456789"), ("AgentMesh:Responder:MaxRetries", "0"));
        using var gate = new SemaphoreSlim(0);
        model.Behave(new ModelBehavior { Gate = gate });
        // What Carol is to get stays under way, and may have been spent for all that is known.
        host.State.BeforeInvoke = call => Task.FromResult(!call.EndsWith($"{Carol}/{nameof(IAgentMail.DeliverMail)}", StringComparison.Ordinal));
        await host.SetMailPolicyAsync(Bob, "answer");
        await host.SetBudgetAsync(Bob, new LimitSetting("agent", "USD", "once", "10"));
        // Until it is heard whether the tenant may spend.
        await HostUnderTest.UntilAsync(async () => (await host.SendMailAsync(Alice, new SendMail("r1", null, [Bob], "do it", Budget: Usd(100)))).Refusal is null);
        await HostUnderTest.UntilAsync(async () => await host.MailAsync(Bob, isSent: false) is [{ State: MailStates.Answering }]);
        var turn = Assert.Single(await host.MailAsync(Bob, isSent: false)).TurnId;

        Assert.Equal("budget_exceeded", (await DelegateAsync(host, "r1", 101, turn)).Refusal!.Code);
        Assert.Null((await DelegateAsync(host, "r2", 60, turn)).Refusal);
        Assert.Equal("budget_exceeded", (await DelegateAsync(host, "r3", 41, turn)).Refusal!.Code);
        Assert.Null((await DelegateAsync(host, "r4", 40, turn)).Refusal);
        Assert.Equal("budget_exceeded", (await DelegateAsync(host, "r5", 1, turn)).Refusal!.Code);
        // Nothing of it counts for Bob, and no other turn spends it.
        Assert.Equal("10", Assert.Single((await host.BudgetAsync(Bob)).Value!.Limits).Available);
        Assert.Equal("budget_exceeded", (await DelegateAsync(host, "r6", 11, null)).Refusal!.Code);
        Assert.Null((await DelegateAsync(host, "r7", 10, null)).Refusal);
        Assert.Equal([[Bob], [Alice, Bob], [Alice, Bob]], (await host.MailAsync(Bob, isSent: true)).Select(mail => mail.Via));

        gate.Release(1000);
        await HostUnderTest.UntilAsync(async () => (await host.MailAsync(Alice, isSent: false)).Count == 1);
        Assert.Equal(Usd(100), Assert.Single(await host.MailAsync(Alice, isSent: false)).Budget);
        // The turn is over, and so is its grant. It sends nothing at all: of what it sent nobody could say which messages have led to it.
        Assert.Equal("turn_lost", (await DelegateAsync(host, "r8", 1, turn)).Refusal!.Code);
        Assert.Equal("turn_lost", (await host.SendMailAsync(Bob, new SendMail("r9", null, [Carol], "do that", Turn: turn))).Refusal!.Code);
        Assert.Equal("turn_lost", (await host.SendMailAsync(Bob, new SendMail("r10", null, [Carol], "do that", Turn: "none"))).Refusal!.Code);
        // What it did send is told again.
        Assert.Null((await DelegateAsync(host, "r4", 40, turn)).Refusal);
    }

    private static Task<Reply<SentMail>> DelegateAsync(HostUnderTest host, string requestId, int amount, string? turn) =>
        host.SendMailAsync(Bob, new SendMail(requestId, null, [Carol], "do that", Budget: Usd(amount), Turn: turn));

    private static MailBudget Usd(int amount) => new("USD", $"{amount}");
}
