using AgentMesh.Contracts.Agents;

namespace AgentMesh.ActorHost.Tests.TenantBudgets;

/// <summary>The freeze in an agent's own records.</summary>
public sealed class AgentFreezeTests
{
    private const string Agent = "default:alice";

    [Fact]
    public async Task Freeze_SurvivesTheActivation_AndIsInTheLog()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Agent, "hi", "r1");
        Assert.Equal((true, "audit"), ((await host.FreezeAsync(Agent)).Value!.IsFrozen, (await host.FreezeAsync(Agent, "another")).Value!.Reason));
        await host.DeactivateAsync(Agent);
        Assert.Equal("audit", (await host.GetFreezeAsync(Agent)).Value!.Reason);
        Assert.False((await host.UnfreezeAsync(Agent)).Value!.IsFrozen);
        Assert.False((await host.UnfreezeAsync(Agent)).Value!.IsFrozen);
        await host.DeactivateAsync(Agent);
        Assert.Equal(new AgentFreeze(false), (await host.GetFreezeAsync(Agent)).Value);
        Assert.Equal(
            [(3, "frozen", """{"reason":"audit"}"""), (4, "unfrozen", "{}")],
            (await host.EventsAsync(Agent, 2)).Value!.Events.Select(one => (one.Seq, one.Type, one.Data.Json!)));
    }

    [Fact]
    public async Task FrozenAgent_AnswersWhatCostsNothing()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.FreezeAsync(Agent);
        Assert.Null((await host.PostAsync(Agent, "hi", "r1")).Refusal);
        Assert.Equal(2, (await host.InfoAsync(Agent)).Value!.MessageCount);
        Assert.Equal(2, (await host.HistoryAsync(Agent)).Value!.Messages.Count);
    }

    /// <summary>What was promised before is told again: who asks because no answer came is not to take it for refused.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("key")]
    public async Task FrozenAgent_TellsOfAMessageItSent_AndSendsNoneWithABudget(string? key)
    {
        await using var host = await HostUnderTest.StartAsync();
        var paid = new SendMail("r1", key, ["default:bob"], "do it", Budget: new MailBudget("USD", "100"));
        // Whoever spends first has the tenant asked.
        await HostUnderTest.UntilAsync(async () => (await host.SendMailAsync(Agent, paid)).Refusal is null);
        var sent = (await host.SendMailAsync(Agent, paid)).Value!.MessageIds;
        await host.FreezeAsync(Agent);
        Assert.Equal(sent, (await host.SendMailAsync(Agent, paid)).Value!.MessageIds);
        Assert.Equal("agent_frozen", (await host.SendMailAsync(Agent, paid with { RequestId = "r2", IdempotencyKey = null })).Refusal!.Code);
        Assert.Null((await host.SendMailAsync(Agent, "r2", "default:bob")).Refusal);
    }

    [Fact]
    public async Task FrozenAgent_SendsNoDeadMessageWithABudgetAgain()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.SetMailPolicyAsync("default:bob", "store", deny: ["alice"]);
        var paid = new SendMail("r1", null, ["default:bob"], "do it", Budget: new MailBudget("USD", "100"));
        await HostUnderTest.UntilAsync(async () => (await host.SendMailAsync(Agent, paid)).Refusal is null);
        await HostUnderTest.UntilAsync(async () => await host.MailAsync(Agent, isSent: true) is [{ State: MailStates.Dead }]);
        var again = new ChangeMail(MailVerbs.Replay, (await host.MailAsync(Agent, isSent: true))[0].Id);
        await host.FreezeAsync(Agent);
        Assert.Equal("agent_frozen", (await host.ChangeMailAsync(Agent, again)).Refusal!.Code);
        await host.UnfreezeAsync(Agent);
        var replayed = (await host.ChangeMailAsync(Agent, again)).Value!.Id;
        await host.FreezeAsync(Agent);
        Assert.Equal(replayed, (await host.ChangeMailAsync(Agent, again)).Value!.Id);
    }

    [Fact]
    public async Task Agent_NeverUsed_IsFrozen_AndIsStillNotThere()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.FreezeAsync(Agent);
        Assert.Equal(["freeze"], host.State.KeysOf(Agent));
        Assert.Null((await host.InfoAsync(Agent)).Value!.CreatedAt);
    }

    /// <summary>Who could take a freeze away by starting anew would not be stopped.</summary>
    [Fact]
    public async Task Erasure_LeavesTheFreeze()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Agent, "hi", "r1");
        await host.FreezeAsync(Agent);
        while ((await host.EraseAsync(Agent)).Value is { IsDone: false })
        {
        }

        Assert.Equal(["freeze"], host.State.KeysOf(Agent));
        Assert.True((await host.GetFreezeAsync(Agent)).Value!.IsFrozen);
    }

    [Theory]
    [InlineData(0, "invalid_reason")]
    [InlineData(1, null)]
    [InlineData(200, null)]
    [InlineData(201, "invalid_reason")]
    public async Task Reason_HasALength(int characters, string? code)
    {
        await using var host = await HostUnderTest.StartAsync();
        Assert.Equal(code, (await host.FreezeAsync(Agent, new string('x', characters))).Refusal?.Code);
        Assert.Equal(code, (await host.FreezeTenantAsync(null, new string('x', characters))).Refusal?.Code);
    }

    /// <summary>A message that costs nothing reads and writes what it did before there were freezes.</summary>
    [Fact]
    public async Task Message_ThatCostsNothing_ReadsNothingOfIt()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Agent, "hi", "r1");
        Assert.DoesNotContain(host.State.TakeCalls(), call => call.Contains("freeze", StringComparison.Ordinal));
        Assert.Empty(host.State.TakeInvoked());
    }
}
