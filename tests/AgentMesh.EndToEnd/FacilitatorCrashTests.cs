using System.Security.Cryptography;
using AgentMesh.Evm;
using AgentMesh.Evm.Signing;

namespace AgentMesh.EndToEnd;

/// <summary>The facilitator is killed while it settles; no transfer is lost and none is made twice.</summary>
public sealed class FacilitatorCrashTests
{
    private const int Buyers = 4;
    private const int PaymentsOfABuyer = 60;
    private const int Kills = 4;
    private const ulong Price = 1_000;
    private const ulong Gift = 100_000;

    [Theory]
    [InlineData(StoreKind.Embedded, 1)]
    [InlineData(StoreKind.Embedded, 2)]
    [InlineData(StoreKind.Redis, 2)]
    public async Task KilledBetweenSettlements_EachAuthorizationMovesOnce_AndTheSumStays(StoreKind kind, int processes)
    {
        LongForm.UnlessOn(kind, StoreKind.Redis);
        await using var store = await TestStore.CreateAsync(kind);
        var buyers = Enumerable.Range(1, Buyers).Select(Key).ToArray();
        var seller = Key(100).Address;
        var payments = buyers.SelectMany(buyer => Enumerable.Range(0, PaymentsOfABuyer).Select(_ => FacilitatorClient.Sign(buyer, seller, Price, Nonce()))).ToArray();
        string[] transactions;
        await using (var mesh = await Mesh.StartAsync(store.Data, store.Redis, options: ["--replicas", $"facilitator={processes}"]))
        {
            using var facilitator = new FacilitatorClient(mesh);
            await Task.WhenAll(buyers.Select((buyer, n) => facilitator.FundAsync(buyer.Address, $"{Gift}", $"gift-{n}")));
            var done = new SemaphoreSlim(0);
            var settling = Task.WhenAll(buyers.Select((_, n) => SettleAllAsync(facilitator, payments[(n * PaymentsOfABuyer)..((n + 1) * PaymentsOfABuyer)], done)));
            for (var kill = 0; kill < Kills; kill++)
            {
                // After another sixth of them, in the middle of others.
                for (var n = 0; n < payments.Length / 6; n++)
                    await done.WaitAsync(TestContext.Current.CancellationToken);
                await mesh.ReplaceAsync(mesh.Ready.Apps.First(app => app.Id == "facilitator"), seconds: 60);
            }

            transactions = [.. (await settling).SelectMany(all => all)];
            Assert.Equal(payments.Length, transactions.Distinct().Count());
            await AssertBalancesAsync(facilitator, buyers, seller);
            await mesh.KillSidecarAsync();
        }

        // Everything has died, and everything is there.
        await using var later = await Mesh.StartAsync(store.Data, store.Redis);
        using var again = new FacilitatorClient(later);
        Assert.Equal(transactions[0], (await again.SettleAsync(payments[0])).Transaction);
        Assert.True((await again.Node.GetTransactionReceiptAsync(Bytes32.Parse(transactions[^1]), TestContext.Current.CancellationToken))!.Succeeded);
        await AssertBalancesAsync(again, buyers, seller);
    }

    private static async Task<List<string>> SettleAllAsync(FacilitatorClient facilitator, byte[][] payments, SemaphoreSlim done)
    {
        var transactions = new List<string>();
        foreach (var payment in payments)
        {
            var answer = await facilitator.SettleAsync(payment);
            Assert.True(answer.Success, answer.ErrorReason);
            transactions.Add(answer.Transaction);
            done.Release();
        }

        return transactions;
    }

    private static async Task AssertBalancesAsync(FacilitatorClient facilitator, EvmKey[] buyers, EvmAddress seller)
    {
        foreach (var buyer in buyers)
            Assert.Equal((UInt256)(Gift - PaymentsOfABuyer * Price), await facilitator.BalanceAsync(buyer.Address));
        Assert.Equal((UInt256)(Buyers * PaymentsOfABuyer * Price), await facilitator.BalanceAsync(seller));
    }

    private static EvmKey Key(int number) => EvmKey.FromBytes(SHA256.HashData([(byte)number]));

    private static Bytes32 Nonce() => new(RandomNumberGenerator.GetBytes(32));
}
