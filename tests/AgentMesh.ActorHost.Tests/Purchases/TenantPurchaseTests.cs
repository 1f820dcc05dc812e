using System.Text.Json;
using AgentMesh.ActorHost.TenantBudgets;
using AgentMesh.ActorHost.Tests.TenantBudgets;
using AgentMesh.ActorHost.Tests.Wallets.Crossmint;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AgentMesh.ActorHost.Tests.Purchases;

/// <summary>An agent buys of what its tenant may spend, and only while nobody has stopped it.</summary>
public sealed class TenantPurchaseTests
{
    [Theory]
    [InlineData("100000", null)]
    [InlineData("99999", "budget_exceeded")]
    public async Task Price_IsAtMostWhatTheTenantHas(string limit, string? code)
    {
        await using var host = await BuyingHost.StartAsync();
        await host.Host.LimitAsync(limit);
        var view = await host.BuyAsync("k", max: "500000");
        Assert.Equal(code, view.Reason);
        Assert.Equal(code is null ? 1 : 0, host.Shop.Payments.Count);
        if (code is not null)
            Assert.Equal(("tenant", limit), (JsonElement.Parse(view.Data!).GetProperty("scope").GetString(), JsonElement.Parse(view.Data!).GetProperty("available").GetString()));
    }

    /// <summary>What was set aside beyond the price is there for others, and so is all of it when nothing was promised.</summary>
    [Fact]
    public async Task WhatWasNotPromised_IsGivenBack()
    {
        await using var host = await BuyingHost.StartAsync();
        await host.Host.LimitAsync("300000");
        Assert.Null((await host.BuyAsync("one", max: "300000")).Reason);
        host.Shop.Terms = host.Shop.Terms with { Amount = "200001" };
        Assert.Equal("budget_exceeded", (await host.BuyAsync("dear", max: "300000")).Reason);
        host.Shop.Terms = host.Shop.Terms with { Amount = "200000" };
        Assert.Null((await host.BuyAsync("two", max: "300000")).Reason);
        Assert.Equal("budget_exceeded", (await host.Host.ReserveAsync(1)).Refusal?.Code);
    }

    /// <summary>What is not known to be paid counts; what can never be paid any more is there again, once; what was paid stays spent.</summary>
    [Theory]
    [InlineData(PaymentStates.Failed, true)]
    [InlineData(PaymentStates.Settled, false)]
    public async Task Payment_OfWhichTheEndIsKnown_CountsAsWhatItWas(string outcome, bool isReturned)
    {
        await using var host = await BuyingHost.StartAsync();
        await host.Host.LimitAsync("100000");
        host.Shop.OnPayment = TurnAwayAsync(host);
        Assert.Equal("payment_unknown", (await host.BuyAsync("one")).Reason);
        Assert.Equal("budget_exceeded", (await host.Host.ReserveAsync(1)).Refusal?.Code);
        Assert.Equal(1, host.Promised().Count);

        host.Chain = new AuthorizationOutcome(outcome, true, FakeShop.Transaction);
        await UntilStateAsync(host, outcome);
        Assert.Equal(0, host.Promised().Count);
        Assert.Equal(isReturned ? null : "budget_exceeded", (await host.Host.ReserveAsync(100_000)).Refusal?.Code);
        Assert.Equal("budget_exceeded", (await host.Host.ReserveAsync(1)).Refusal?.Code);
    }

    /// <summary>Nobody has a payment that was not signed.</summary>
    [Fact]
    public async Task PaymentThatIsNotSigned_IsTheTenantsAgain()
    {
        await using var crossmint = await FakeCrossmint.StartAsync();
        await using var host = await BuyingHost.StartAsync(crossmint);
        crossmint.Status = "failed";
        await host.Host.LimitAsync("100000");
        var begun = await host.BeginAsync("one");
        await host.UntilAsync(async () => (await host.PaymentsAsync()).SingleOrDefault()?.State == "authorized");
        Assert.Equal("budget_exceeded", (await host.Host.ReserveAsync(1)).Refusal?.Code);
        await UntilStateAsync(host, "failed");
        Assert.Equal("payment_not_signed", (await host.GetAsync(begun.Value!.Id)).Reason);
        Assert.Null((await host.Host.ReserveAsync(100_000)).Refusal);
    }

    /// <summary>The process ends before it is known: the money was reported as spent, and stays so whatever becomes of the payment.</summary>
    [Fact]
    public async Task PaymentThatOutlivesItsProcess_StaysCounted()
    {
        await using var host = await BuyingHost.StartAsync();
        await host.Host.LimitAsync("100000");
        host.Shop.OnPayment = TurnAwayAsync(host);
        await host.BuyAsync("one");
        await ((IHostedLifecycleService)host.Host.Services.GetRequiredService<TenantLeases>()).StoppingAsync(TestContext.Current.CancellationToken);
        Assert.Equal(("100000", "0", "0"), await host.Host.FirstLimitAsync());
        host.Chain = new AuthorizationOutcome(PaymentStates.Failed, true);
        await UntilStateAsync(host, "failed");
        Assert.Equal(("100000", "0", "0"), await host.Host.FirstLimitAsync());
    }

    /// <summary>Whether the agent has agreed is not known: it counts as spent, and leaves the window as what is spent does.</summary>
    [Fact]
    public async Task OfferWhoseAnswerIsLost_CountsAsSpent()
    {
        await using var host = await BuyingHost.StartAsync();
        await host.Host.LimitAsync("250000");
        var isLost = true;
        host.State.BeforeInvoke = call => Task.FromResult(!isLost || !call.EndsWith($"/{nameof(IAgentPurchases.OfferPurchase)}", StringComparison.Ordinal));
        var begun = await host.BeginAsync("one");
        await host.Host.PassUntilAsync(async () => await host.Host.FirstLimitAsync() == ("100000", "0", "150000"));
        isLost = false;
        await UntilStateAsync(host, "settled");
        Assert.Equal(200, (await host.GetAsync(begun.Value!.Id)).Status);
        await host.Host.PassUntilAsync(async () => await host.Host.FirstLimitAsync() == ("200000", "0", "50000"));
    }

    [Theory]
    [InlineData(true, "tenant_frozen")]
    [InlineData(false, "agent_frozen")]
    public async Task Frozen_NothingIsBought_AndFreePagesAreCalled(bool isTenant, string code)
    {
        await using var host = await BuyingHost.StartAsync();
        if (isTenant)
            await host.Host.FreezeTenantAsync();
        else
            await host.Host.FreezeAsync(BuyingHost.Alice);
        Assert.Equal(code, (await host.BuyAsync("k")).Reason);
        Assert.Empty(host.Shop.Payments);
        Assert.Null(host.State[BuyingHost.Alice, "ledger"]);
        Assert.Equal(200, (await host.BuyAsync("free", $"http://{host.Shop.Place}/free")).Status);
    }
    private static Func<HttpContext, int, Task<bool>> TurnAwayAsync(BuyingHost host) => async (context, _) =>
    {
        await host.Shop.AskAsync(context);
        return true;
    };

    private static Task UntilStateAsync(BuyingHost host, string state) => host.Host.PassUntilAsync(async () =>
    {
        await host.Host.RemindAsync(BuyingHost.Alice, "schedule");
        return (await host.PaymentsAsync()).SingleOrDefault()?.State == state;
    });
}
