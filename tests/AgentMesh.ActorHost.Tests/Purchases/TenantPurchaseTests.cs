using System.Text.Json;
using AgentMesh.ActorHost.Tests.TenantBudgets;

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
}
