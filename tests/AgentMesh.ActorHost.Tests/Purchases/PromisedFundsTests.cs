using AgentMesh.ActorHost.Purchases;
using AgentMesh.ActorHost.Tests.TenantBudgets;
using AgentMesh.Agents.Purchases;
using AgentMesh.Contracts.Tenants;

namespace AgentMesh.ActorHost.Tests.Purchases;

/// <summary>What is set aside for payments whose end is waited for.</summary>
public sealed class PromisedFundsTests
{
    private const string Payment = "payment";

    [Theory]
    [InlineData(PurchaseState.Failed, null)]
    [InlineData(PurchaseState.Settled, "budget_exceeded")]
    [InlineData(PurchaseState.Unknown, "budget_exceeded")]
    public async Task OnlyWhatHasFailed_IsReturned_Once(PurchaseState state, string? code)
    {
        await using var host = await HostUnderTest.StartAsync();
        using var promised = new PromisedFunds(host.Time);
        await KeepAsync(host, promised);
        // Another payment, and a step that is not the last.
        promised.Hear(PurchaseOf("other", PurchaseState.Failed));
        promised.Hear(PurchaseOf(Payment, PurchaseState.Sending) with { Due = host.Time.GetUtcNow() });
        Assert.Equal("budget_exceeded", (await host.ReserveAsync(1)).Refusal?.Code);
        promised.Hear(PurchaseOf(Payment, state));
        promised.Hear(PurchaseOf(Payment, PurchaseState.Failed));
        Assert.Equal(code, (await host.ReserveAsync(100)).Refusal?.Code);
        Assert.Equal("budget_exceeded", (await host.ReserveAsync(1)).Refusal?.Code);
    }

    /// <summary>Nobody says what became of it: five minutes after that could be known it is spent, and what is said later changes nothing.</summary>
    [Fact]
    public async Task PaymentWithoutAnEnd_IsSpentAtLast()
    {
        await using var host = await HostUnderTest.StartAsync();
        using var promised = new PromisedFunds(host.Time);
        var end = await KeepAsync(host, promised) + PurchaseLimits.ExpirySlack + TimeSpan.FromMinutes(5);
        await host.AdvanceUntilAsync(TimeSpan.FromMilliseconds(500), () => Task.FromResult(host.Time.GetUtcNow() >= end - TimeSpan.FromSeconds(1)));
        Assert.Equal(1, promised.Count);
        await host.AdvanceUntilAsync(TimeSpan.FromMilliseconds(500), () => Task.FromResult(host.Time.GetUtcNow() >= end));
        Assert.Equal(0, promised.Count);
        promised.Hear(PurchaseOf(Payment, PurchaseState.Failed));
        await host.AdvanceUntilAsync(TimeSpan.FromMilliseconds(500), async () => await host.FirstLimitAsync() == ("100", "0", "0"));
    }

    /// <summary>The tenant was not heard of for too long, and has counted what the process had as spent.</summary>
    [Fact]
    public async Task LeaseThatWasLost_GetsNothingBack()
    {
        await using var host = await HostUnderTest.StartAsync();
        using var promised = new PromisedFunds(host.Time);
        await KeepAsync(host, promised);
        var isCutOff = true;
        host.State.BeforeInvoke = call => Task.FromResult(!isCutOff || !call.EndsWith($"/{nameof(ITenantBudgets.TakeLease)}", StringComparison.Ordinal));
        await host.AdvanceUntilAsync(TimeSpan.FromMilliseconds(500), async () => (await host.FirstLimitAsync()).Posted == "100");
        isCutOff = false;
        promised.Hear(PurchaseOf(Payment, PurchaseState.Failed));
        Assert.Equal("budget_exceeded", (await host.ReserveAsync(1)).Refusal?.Code);
        Assert.Equal(("100", "0", "0"), await host.FirstLimitAsync());
    }

    /// <summary>All of what the tenant has is set aside for one payment.</summary>
    /// <returns>When nobody can execute it any more.</returns>
    private static async Task<DateTimeOffset> KeepAsync(HostUnderTest host, PromisedFunds promised)
    {
        await host.LimitAsync("100");
        var validBefore = host.Time.GetUtcNow().AddSeconds(1);
        promised.Keep(Payment, await host.ReserveGivenAsync(100), validBefore);
        return validBefore;
    }

    private static StoredPurchase PurchaseOf(string payment, PurchaseState state)
    {
        var request = new PurchaseRequest("r", false, "https://shop.example/", "GET", null, null, "100", TenantHost.Usdc, null, null, null);
        var terms = new PurchaseTerms(payment, request.Url, "GET", false, null, null, "eip155:84532", FakeShop.Usdc, 6, "100", "0x1", FakeShop.Payee, "0", default, "0x2");
        return StoredPurchase.Begin("p", request, default) with { State = state, Terms = terms, Due = null };
    }
}
