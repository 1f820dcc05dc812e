using System.Numerics;
using System.Text.Json;
using AgentMesh.Evm;
using AgentMesh.Evm.Signing;
using AgentMesh.X402.Networks;

namespace AgentMesh.Facilitator.Tests.Ledger;

/// <summary>Nothing is lost and nothing doubled: several processes on one store, a store that fails anywhere, and one that undoes nothing.</summary>
public sealed class JournalTests
{
    private const int Payees = 4;

    [Theory]
    [InlineData(Undoing.All)]
    [InlineData(Undoing.Nothing)]
    public async Task ThreeProcesses_OnOneStore_MoveEachAuthorizationOnce(Undoing undoing)
    {
        await using var store = await FakeStateStore.StartAsync(undoing);
        FacilitatorServer[] servers = [new(store), new(store), new(store)];
        await servers[0].FundAsync(Payments.Buyer.Address, 40 * 100_000);
        var requests = Enumerable.Range(0, 40).Select(n => Payments.Request(2, Payments.Authorize(to: PayeeOf(n))).ToJsonString()).ToArray();
        // Each at two processes, and again until the answer is one: a process that is always too late says 503, which is no answer.
        await Task.WhenAll(requests.SelectMany((request, n) => new[] { SettleAsync(servers[n % 3], request), SettleAsync(servers[(n + 1) % 3], request) }));
        foreach (var server in servers)
        {
            Assert.Equal("0", await server.BalanceAsync(Payments.Buyer.Address));
            for (var n = 0; n < Payees; n++)
                Assert.Equal("1000000", await server.BalanceAsync(PayeeOf(n)));
            await server.DisposeAsync();
        }
    }

    public static TheoryData<Undoing, WriteFault> Faults()
    {
        var rows = new TheoryData<Undoing, WriteFault>();
        foreach (var undoing in Enum.GetValues<Undoing>())
        {
            foreach (var fault in Enum.GetValues<WriteFault>())
                rows.Add(undoing, fault);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task StoreThatFails_AtAnyWrite_LosesAndDoublesNothing(Undoing undoing, WriteFault fault)
    {
        // The first payment of all writes head, both accounts and the commit; the fault comes at each of them in turn.
        for (var at = 0; at < 6; at++)
        {
            await using var store = await FakeStateStore.StartAsync(undoing);
            await using var server = new FacilitatorServer(store);
            for (var n = 0; n < at; n++)
                store.Faults.Enqueue(WriteFault.None);
            store.Faults.Enqueue(fault);
            for (var answered = false; !answered;)
            {
                var (status, _) = await server.PostAsync("/faucet", new { address = Payments.Buyer.Address.ToString(), amount = "100000" }, "one-gift");
                answered = status == 200;
            }

            var request = Payments.Request(2).ToJsonString();
            await SettleAsync(server, request);
            await SettleAsync(server, request);
            await using var restarted = new FacilitatorServer(store);
            Assert.Equal(("0", "100000"), (await restarted.BalanceAsync(Payments.Buyer.Address), await restarted.BalanceAsync(Payments.Seller)));
        }
    }

    [Fact]
    public async Task StoreThatAlwaysFails_IsNoAnswer()
    {
        await using var store = await FakeStateStore.StartAsync();
        await using var server = new FacilitatorServer(store);
        await server.FundAsync(Payments.Buyer.Address, 100_000);
        for (var n = 0; n < 100; n++)
            store.Faults.Enqueue(WriteFault.Refused);
        var (status, problem) = await server.PostAsync("/settle", Payments.Request(2));
        Assert.Equal((503, "urn:agentmesh:problem:not_ready"), (status, problem.GetProperty("type").GetString()));
        Assert.False(problem.TryGetProperty("success", out _));
        // A try ends.
        Assert.InRange(100 - store.Faults.Count, 1, 10);
        store.Faults.Clear();
        Assert.Equal("100000", await server.BalanceAsync(Payments.Buyer.Address));
    }

    [Fact]
    public async Task Keys_AreThese_AndRecordsStaySmall()
    {
        await using var store = await FakeStateStore.StartAsync();
        await using var server = new FacilitatorServer(store);
        await server.PostAsync("/faucet", new { address = Payments.Buyer.Address.ToString() }, "k");
        await server.PostAsync("/settle", Payments.Request(2, Payments.Authorize(nonce: Bytes32.Parse("0x" + new string('7', 64)))));
        await server.PostAsync("/settle", Payments.Request(2));
        var records = store.Snapshot();
        var (token, buyer, seller) = (KnownAssets.UsdcOnBaseSepolia.Address, Payments.Buyer.Address, Payments.Seller);
        string[] wanted =
        [
            "head:84532", $"balance:84532:{token}:{buyer}", $"balance:84532:{token}:{seller}", $"authorization:84532:{token}:{buyer}:0x{new string('7', 64)}",
            "gift:84532:8254c329a92850f6d539dd376f4816ee2764517da5e0235514af433164480d7a",
        ];
        Assert.All(wanted, key => Assert.Contains(key, records.Keys));
        Assert.Equal(2, records.Keys.Count(key => key.StartsWith("transaction:84532:0x", StringComparison.Ordinal)));
        Assert.All(records.Values, record => Assert.InRange(record.Length, 1, 2500));
        Assert.Equal(3, JsonElement.Parse(records["head:84532"]).GetProperty("block").GetInt32());
    }

    [Fact]
    public async Task LedgerOfANewerVersion_IsNotWritten()
    {
        await using var store = await FakeStateStore.StartAsync();
        using (var http = new HttpClient())
        {
            http.DefaultRequestHeaders.Add("dapr-api-token", FakeStateStore.Token);
            using var content = new StringContent("""[{"key":"head:84532","value":{"version":2,"block":1,"writes":[]}}]""");
            await http.PostAsync(new Uri($"{store.Address}/v1.0/state/statestore"), content, TestContext.Current.CancellationToken);
        }

        await using var server = new FacilitatorServer(store);
        var (status, _) = await server.PostAsync("/settle", Payments.Request(2));
        Assert.Equal((503, 1), (status, store.Writes));
    }

    private static EvmAddress PayeeOf(int n) => EvmKey.FromBytes(new UInt256(new BigInteger(1 + n % Payees)).ToBytes()).Address;

    private static async Task SettleAsync(FacilitatorServer server, string request)
    {
        for (var tries = 0; tries < 200; tries++)
        {
            var (status, answer) = await server.PostAsync("/settle", JsonElement.Parse(request));
            if (status == 503)
                continue;
            Assert.Equal(200, status);
            Assert.True(answer.GetProperty("success").GetBoolean(), answer.GetRawText());
            return;
        }

        Assert.Fail("Never answered.");
    }
}

internal static class Bytes
{
    public static byte[] ToBytes(this UInt256 value)
    {
        var bytes = new byte[UInt256.Length];
        value.CopyTo(bytes);
        return bytes;
    }
}
