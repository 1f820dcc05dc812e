using System.Text.Json;
using AgentMesh.Evm;
using AgentMesh.Evm.Rpc;
using AgentMesh.Evm.Tokens;
using AgentMesh.X402.Networks;

namespace AgentMesh.EndToEnd;

/// <summary>New wallets start with 10 simulated USDC: each gets it once, whatever is killed meanwhile.</summary>
public sealed class StartingMoneyTests
{
    private const ulong Gift = 10_000_000;
    private const int Users = 24;

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task EachWallet_GetsItOnce_WhateverIsKilled(StoreKind kind)
    {
        LongForm.UnlessOn(kind, StoreKind.Embedded);
        await using var store = await TestStore.CreateAsync(kind);
        await using var mesh = await Mesh.StartAsync(
            store.Data, store.Redis, options: ["--set", "AgentMesh__Wallets__StartingUsdc=10", "--set", "AgentMesh__Flush__IntervalSeconds=1"]);
        using var client = new AgentClient(mesh.Ready.Gateway);
        using var facilitator = new FacilitatorClient(mesh);
        for (var n = 0; n < Users; n++)
        {
            await client.PostAsync($"user{n}", "hello");
            // Each time while money is under way: the agents, which ask, and the facilitator, which gives.
            if (n % 8 == 7)
                await mesh.ReplaceAsync(mesh.Ready.App(n % 16 == 7 ? "agents" : "facilitator"), seconds: 60);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        var addresses = new List<EvmAddress>();
        for (var n = 0; n < Users; n++)
        {
            addresses.Add(EvmAddress.Parse((await client.InfoAsync($"user{n}")).GetProperty("walletAddress").GetString()!));
            while (await facilitator.BalanceAsync(addresses[n]) == default)
                await Task.Delay(100, limit.Token);
        }

        // Once more by each flush that is still to come, of which there is none.
        while ((await mesh.RemindersAsync()).Count > 0)
            await Task.Delay(100, limit.Token);
        var gifts = await facilitator.Node.FindTransactionsAsync(
            KnownAssets.UsdcOnBaseSepolia.Address, [Erc20.TransferTopic], BlockParameter.Of(0), BlockParameter.Latest, TestContext.Current.CancellationToken);
        Assert.Equal(Users, gifts.Count);
        foreach (var address in addresses)
            Assert.Equal((UInt256)Gift, await facilitator.BalanceAsync(address));

        // What the agent says of itself is some seconds old.
        JsonElement balance;
        while (!(await client.InfoAsync("user0")).TryGetProperty("balance", out balance) || balance.GetProperty("amount").GetString() != "10")
            await Task.Delay(100, limit.Token);
        Assert.Equal(
            """{"asset":"0x036CbD53842c5426634e7929541eC2318f3dCF7e","network":"eip155:84532","amountAtomic":"10000000","decimals":6,"amount":"10"}""", balance.GetRawText());
    }
}
