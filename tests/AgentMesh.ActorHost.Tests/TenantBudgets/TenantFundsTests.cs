using AgentMesh.ActorHost.TenantBudgets;
using AgentMesh.Agents.Budgets;
using AgentMesh.Contracts.Agents;
using AgentMesh.Testing.ModelServer;

namespace AgentMesh.ActorHost.Tests.TenantBudgets;

/// <summary>Calls of models and the limits of the agents' tenant.</summary>
public sealed class TenantFundsTests
{
    private const string Agent = "default:alice";

    [Theory]
    [InlineData(100, 50, 100)]
    [InlineData(101, 50, 100)]
    [InlineData(500, 100, 100)]
    public async Task Try_GetsWhatThereIs_WhenThatIsEnough(long wanted, long least, long given)
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.LimitAsync("100", asset: BudgetAssets.Usd);
        var funds = new TenantFunds(host.Gate(), Agent, host.Time);
        Assert.Equal((given, null), await funds.ReserveAsync(wanted, least, null, TestContext.Current.CancellationToken));
        Assert.Equal(("0", "100", "0"), await host.FirstLimitAsync());
    }

    /// <summary>
    /// Of 100 another run of the process has set 40 aside. Cause: the tenant said that 100 were left, all but what others had, and a try that could have
    /// had 60 was refused.
    /// </summary>
    [Theory]
    [InlineData(60, 60, 60)]
    [InlineData(90, 60, 60)]
    [InlineData(500, 60, 60)]
    [InlineData(500, 61, 0)]
    public async Task Try_GetsWhatAnotherOfTheProcessHasLeft(long wanted, long least, long given)
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.LimitAsync("100", asset: BudgetAssets.Usd);
        Assert.Null((await host.ReserveAsync(40, BudgetAssets.Usd)).Refusal);
        var (reserved, stop) = await new TenantFunds(host.Gate(), Agent, host.Time).ReserveAsync(wanted, least, null, TestContext.Current.CancellationToken);
        if (given > 0)
            Assert.Equal((given, null), (reserved, stop));
        else
            Assert.Equal((UInt128)60, Assert.IsType<BudgetRefusal>(stop).Shortage.Available);
    }

    [Fact]
    public async Task Try_IsRefused_WhenThereIsLessThanTheLeast()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.LimitAsync("100", asset: BudgetAssets.Usd);
        var funds = new TenantFunds(host.Gate(), Agent, host.Time);
        var (_, stop) = await funds.ReserveAsync(500, 101, null, TestContext.Current.CancellationToken);
        Assert.Equal("tenant", Assert.IsType<BudgetRefusal>(stop).Shortage.Scope);
    }

    /// <summary>What a try has cost counts, all of it when that is not known; the rest is there for the next.</summary>
    [Theory]
    [InlineData(30L, 70)]
    [InlineData(0L, 100)]
    [InlineData(100L, 0)]
    [InlineData(130L, 0)]
    [InlineData(null, 0)]
    public async Task Try_ReturnsWhatItHasNotCost(long? cost, int left)
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.LimitAsync("100", asset: BudgetAssets.Usd);
        var funds = new TenantFunds(host.Gate(), Agent, host.Time);
        await funds.ReserveAsync(100, 100, null, TestContext.Current.CancellationToken);
        funds.Return(cost);
        Assert.Equal("budget_exceeded", (await host.ReserveAsync(left + 1, BudgetAssets.Usd)).Refusal?.Code);
        if (left > 0)
            Assert.Null((await host.ReserveAsync(left, BudgetAssets.Usd)).Refusal);
    }

    /// <summary>The tenant's limit pauses a turn, and it goes on when the limit is raised.</summary>
    [Fact]
    public async Task Turn_WaitsForTheTenant_AndGoesOn()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await StartAsync(model);
        await host.LimitAsync("1", asset: BudgetAssets.Usd);
        var posted = (await host.PostAsync(Agent, "hi", "r1")).Value!;
        await HostUnderTest.UntilAsync(async () => (await host.TurnAsync(Agent, posted.TurnId)).Value!.Status == TurnStatus.Paused);
        var paused = (await host.TurnAsync(Agent, posted.TurnId)).Value!.Pause!;
        Assert.Equal(("budget_exceeded", "tenant"), (paused.Code, paused.Shortage?.Scope));
        await host.LimitAsync("1000000", asset: BudgetAssets.Usd);
        await UntilCompletedAsync(host, posted.TurnId);
        await host.AdvanceUntilAsync(TimeSpan.FromSeconds(1), async () => await host.FirstLimitAsync() is (not "0", "0", _));
    }

    /// <summary>A frozen agent's turn is paused, and goes on when that is over.</summary>
    [Fact]
    public async Task Turn_OfAFrozenAgent_Waits_AndGoesOn()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await StartAsync(model);
        await host.FreezeAsync(Agent);
        var posted = (await host.PostAsync(Agent, "hi", "r1")).Value!;
        await HostUnderTest.UntilAsync(async () => (await host.TurnAsync(Agent, posted.TurnId)).Value!.Status == TurnStatus.Paused);
        Assert.Equal("agent_frozen", (await host.TurnAsync(Agent, posted.TurnId)).Value!.Pause!.Code);
        await host.UnfreezeAsync(Agent);
        await UntilCompletedAsync(host, posted.TurnId);
    }

    private static Task<HostUnderTest> StartAsync(FakeModelServer model) => HostUnderTest.StartAsync(
        ("AgentMesh:Responder:Provider", "openai"), ("AgentMesh:Responder:Endpoint", model.OpenAIEndpoint.ToString()),
        ("AgentMesh:Responder:Model", "m"), ("AgentMesh:Responder:ApiKey", "sk-test-0123456789"), ("AgentMesh:Responder:Tools", "none"),
        ("AgentMesh:Responder:Prices:0:Model", "m"), ("AgentMesh:Responder:Prices:0:Input", "1"), ("AgentMesh:Responder:Prices:0:Output", "1"));

    /// <summary>A minute later the agent's reminder looks at it.</summary>
    private static async Task UntilCompletedAsync(HostUnderTest host, string turn)
    {
        host.Time.Advance(TimeSpan.FromSeconds(61));
        await host.RemindAsync(Agent, "schedule");
        await HostUnderTest.UntilAsync(async () => (await host.TurnAsync(Agent, turn)).Value!.Status == TurnStatus.Completed);
    }
}
