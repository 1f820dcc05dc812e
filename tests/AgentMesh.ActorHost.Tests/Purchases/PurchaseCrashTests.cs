using AgentMesh.Contracts.Agents;
using AgentMesh.Testing;

namespace AgentMesh.ActorHost.Tests.Purchases;

/// <summary>A purchase whose run dies, or whose agent's answers are lost, at each of its steps: one payment, one settlement, the same answer.</summary>
public sealed class PurchaseCrashTests
{
    [Theory]
    [InlineData(nameof(IAgentPurchases.GetPurchaseWork))]
    [InlineData(nameof(IAgentPurchases.OfferPurchase))]
    [InlineData(nameof(IAgentPurchases.SignPurchase))]
    [InlineData(nameof(IAgentPurchases.ReportPurchase))]
    public async Task RunThatDiesBeforeAStepIsStored_IsFollowedByAnother(string method)
    {
        await using var host = await BuyingHost.StartAsync();
        var isDying = true;
        host.State.BeforeInvoke = call => Task.FromResult(!(isDying && call.EndsWith($"/{method}", StringComparison.Ordinal)));
        var begun = await host.BeginAsync("k");
        // All tries of the run, and then it is gone.
        var tries = 0;
        await host.UntilAsync(() =>
        {
            tries += host.State.TakeInvoked().Count(call => call.EndsWith($"/{method}", StringComparison.Ordinal));
            return Task.FromResult(tries >= 6);
        });
        isDying = false;
        await EndsOnceAsync(host, begun.Value!.Id);
    }

    [Theory]
    [InlineData(nameof(IAgentPurchases.OfferPurchase), nameof(FailedPut.BeforeStoring))]
    [InlineData(nameof(IAgentPurchases.OfferPurchase), nameof(FailedPut.AfterStoring))]
    [InlineData(nameof(IAgentPurchases.SignPurchase), nameof(FailedPut.BeforeStoring))]
    [InlineData(nameof(IAgentPurchases.SignPurchase), nameof(FailedPut.AfterStoring))]
    [InlineData(nameof(IAgentPurchases.ReportPurchase), nameof(FailedPut.BeforeStoring))]
    [InlineData(nameof(IAgentPurchases.ReportPurchase), nameof(FailedPut.AfterStoring))]
    public async Task StepWhoseWriteFails_OrWhoseAnswerIsLost_IsDoneOnce(string method, string failure)
    {
        await using var host = await BuyingHost.StartAsync();
        var hasFailed = false;
        host.State.BeforeInvoke = call =>
        {
            if (!hasFailed && call.EndsWith($"/{method}", StringComparison.Ordinal))
                (hasFailed, host.State.FailNextPut) = (true, Enum.Parse<FailedPut>(failure));
            return Task.FromResult(true);
        };
        await EndsOnceAsync(host, (await host.BeginAsync("k")).Value!.Id);
        Assert.True(hasFailed);
    }

    private static async Task EndsOnceAsync(BuyingHost host, string id)
    {
        await host.UntilAsync(async () =>
        {
            await host.PassAsync(TimeSpan.FromSeconds(2));
            return (await host.GetAsync(id)).Status == 200;
        });
        // However often it was sent, it is one payment, byte for byte.
        Assert.Single(host.Shop.Payments.Distinct());
        var payment = Assert.Single(await host.PaymentsAsync());
        Assert.Equal(("settled", FakeShop.Transaction), (payment.State, payment.Transaction));
        Assert.Equal("Posted", host.HoldState());
        Assert.Equal("worth it", BuyingHost.TextOf(await host.GetAsync(id)));
    }
}
