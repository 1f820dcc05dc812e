using AgentMesh.ActorHost.Tests.Wallets.Crossmint;
using AgentMesh.Contracts.Agents;
using AgentMesh.Testing;

namespace AgentMesh.ActorHost.Tests.Purchases;

/// <summary>A purchase of a wallet whose key is Crossmint's: whatever goes wrong there or on the way back, one authorization is signed, and sent.</summary>
public sealed class CrossmintPurchaseTests
{
    /// <summary>What happens to the first call for a signature; those that repeat it find what there is.</summary>
    [Theory]
    [InlineData(CrossmintFault.None)]
    [InlineData(CrossmintFault.Error)]
    [InlineData(CrossmintFault.DoneAndError)]
    [InlineData(CrossmintFault.Busy)]
    [InlineData(CrossmintFault.DoneAndCut)]
    [InlineData(CrossmintFault.DoneAndSilent)]
    [InlineData(CrossmintFault.DoneAndGarbled)]
    public async Task Fault_LeavesOneSignature_AndOnePayment(CrossmintFault fault)
    {
        await using var crossmint = await FakeCrossmint.StartAsync();
        await using var host = await BuyingHost.StartAsync(crossmint);
        crossmint.Faults.Enqueue(fault);
        await EndsOnceAsync(host, crossmint, (await host.BeginAsync("k")).Value!.Id);
    }

    /// <summary>More faults than one run of the purchase repeats its call: the next run asks for the same signature.</summary>
    [Theory]
    [InlineData(CrossmintFault.Error, 10)]
    [InlineData(CrossmintFault.DoneAndError, 10)]
    [InlineData(CrossmintFault.DoneAndCut, 10)]
    [InlineData(CrossmintFault.DoneAndSilent, 4)]
    public async Task FaultsWithoutEnd_AreOutlived(CrossmintFault fault, int times)
    {
        await using var crossmint = await FakeCrossmint.StartAsync();
        await using var host = await BuyingHost.StartAsync(crossmint);
        for (var n = 0; n < times; n++)
            crossmint.Faults.Enqueue(fault);
        await EndsOnceAsync(host, crossmint, (await host.BeginAsync("k")).Value!.Id);
    }

    /// <summary>Who refuses may think better of it; until then nothing is sent, and the money stays set aside.</summary>
    [Theory]
    [InlineData("failed")]
    [InlineData("awaiting-approval")]
    [InlineData("pending")]
    public async Task Refusal_IsAskedAgain_ForTheSameSignature(string status)
    {
        await using var crossmint = await FakeCrossmint.StartAsync();
        await using var host = await BuyingHost.StartAsync(crossmint);
        crossmint.Status = status;
        var id = (await host.BeginAsync("k")).Value!.Id;
        await host.UntilAsync(() => Task.FromResult(crossmint.Signatures.Count == 1));
        await WaitForAnotherRunAsync(host, id);
        Assert.Equal(("Held", 0), (host.HoldState(), host.Shop.Payments.Count));
        Assert.Equal("authorized", (await host.PaymentsAsync()).Single().State);
        crossmint.Status = "success";
        await EndsOnceAsync(host, crossmint, id);
    }

    [Fact]
    public async Task SignatureThatNeverComes_FreesTheMoney_WhenNobodyCouldSettleItAnyMore()
    {
        await using var crossmint = await FakeCrossmint.StartAsync();
        await using var host = await BuyingHost.StartAsync(crossmint);
        crossmint.Status = "failed";
        var id = (await host.BeginAsync("k")).Value!.Id;
        await host.UntilAsync(() => Task.FromResult(crossmint.Signatures.Count == 1));
        await host.UntilAsync(async () =>
        {
            await host.PassAsync(TimeSpan.FromSeconds(20));
            return !(await host.GetAsync(id)).IsPending;
        });
        var view = await host.GetAsync(id);
        Assert.Equal(("payment_not_signed", "failed", "Voided"), (view.Reason, view.Payment!.State, host.HoldState()));
        Assert.Empty(host.Shop.Payments);
        Assert.Single(crossmint.Signatures);
    }

    /// <summary>The process dies between the signature and the store, or the store fails, or its answer is lost: the signature is fetched again.</summary>
    [Theory]
    [InlineData(nameof(FailedPut.None))]
    [InlineData(nameof(FailedPut.BeforeStoring))]
    [InlineData(nameof(FailedPut.AfterStoring))]
    public async Task SignatureThatIsNotStored_IsFetchedAgain(string failure)
    {
        await using var crossmint = await FakeCrossmint.StartAsync();
        await using var host = await BuyingHost.StartAsync(crossmint);
        var (failed, isDying) = (0, failure == nameof(FailedPut.None));
        host.State.BeforeInvoke = call =>
        {
            if (!call.EndsWith($"/{nameof(IAgentPurchases.SignPurchase)}", StringComparison.Ordinal))
                return Task.FromResult(true);
            if (failed++ == 0)
                host.State.FailNextPut = Enum.Parse<FailedPut>(failure);
            return Task.FromResult(!isDying);
        };
        var id = (await host.BeginAsync("k")).Value!.Id;
        // All that one run tries, and then it is gone.
        await host.UntilAsync(() => Task.FromResult(failed >= (isDying ? 6 : 1)));
        isDying = false;
        await EndsOnceAsync(host, crossmint, id);
    }

    private static async Task EndsOnceAsync(BuyingHost host, FakeCrossmint crossmint, string id)
    {
        await host.UntilAsync(async () =>
        {
            await host.PassAsync(TimeSpan.FromMilliseconds(500));
            return (await host.GetAsync(id)).Status == 200;
        });
        // One nonce, under which everything was asked for, and one text of the payment, with that signature.
        Assert.Equal(crossmint.Signatures.Single().Key, crossmint.Signatures.Single().Value.Params.GetProperty("typedData").GetProperty("message").GetProperty("nonce").GetString());
        var sent = Assert.Single(host.Shop.Payments.Distinct());
        Assert.Contains(FakeCrossmint.Signature, System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(sent)), StringComparison.Ordinal);
        Assert.Equal("settled", Assert.Single(await host.PaymentsAsync()).State);
        Assert.Equal("Posted", host.HoldState());
    }

    private static async Task WaitForAnotherRunAsync(BuyingHost host, string id)
    {
        host.State.TakeInvoked();
        await host.UntilAsync(async () =>
        {
            await host.PassAsync(TimeSpan.FromMilliseconds(500));
            return host.State.TakeInvoked().Any(call => call.EndsWith($"/{nameof(IAgentPurchases.ReportPurchase)}", StringComparison.Ordinal));
        });
        Assert.True((await host.GetAsync(id)).IsPending);
    }
}
