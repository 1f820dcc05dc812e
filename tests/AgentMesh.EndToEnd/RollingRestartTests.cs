using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using AgentMesh.Evm;
using AgentMesh.Evm.Signing;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Networks;

namespace AgentMesh.EndToEnd;

/// <summary>
/// A process of each app, of two, is told to end (SIGTERM) and comes back, one after the other, while clients go on. The long form, every process and 20,000
/// requests, is <c>AGENTMESH_LONG=1 dotnet test --project tests/AgentMesh.EndToEnd -- --filter-class '*RollingRestartTests'</c>.
/// </summary>
public sealed class RollingRestartTests
{
    private const int Clients = 16;

    /// <summary>Of them. A purchase waits for what is restarted, and those who write and read are not to wait for it.</summary>
    private const int Buyers = 4;
    private const int Gifts = 10;
    private const ulong Gift = 100_000_000;
    private const ulong Price = 100_000;
    private static readonly string[] Order = ["agents", "payments", "facilitator", "gateway"];

    [Fact]
    public async Task NothingIsLost_NothingIsDoubled_AndNoRequestFails()
    {
        var wanted = LongForm.IsAsked ? 20_000 : 1_000;
        await using var store = await TestStore.CreateAsync(StoreKind.Redis);
        await using var mesh = await Mesh.StartAsync(store.Data, store.Redis, options: ["--replicas", string.Join(',', Order.Select(app => $"{app}=2"))]);
        // Half of the clients begin at each.
        var gateways = Enumerable.Range(0, Clients).Select(n => new TwoGateways(mesh.Ready.Gateways, n)).ToList();
        using var key = EvmKey.FromBytes(SHA256.HashData("buyer"u8));
        using var facilitator = new FacilitatorClient(mesh);
        foreach (var n in Enumerable.Range(0, Gifts))
            await facilitator.FundAsync(key.Address, $"{Gift}", $"gift-{n}");
        using var load = new Load([.. gateways.Select((gateway, n) => n < Buyers ? BuyerOf(gateway, key, mesh.Ready.Gateway) : new HttpClient(gateway) { BaseAddress = mesh.Ready.Gateway })]);
        foreach (var n in Enumerable.Range(0, Clients))
            await load.PostAsync(n, 0);

        using var rolled = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(n => load.RunAsync(n, wanted, rolled.Token)).ToList();
        foreach (var app in Order.SelectMany(id => mesh.Ready.Apps.Where(app => app.Id == id).Take(LongForm.IsAsked ? 2 : 1)).ToList())
        {
            var started = Stopwatch.GetTimestamp();
            await mesh.ReplaceAsync(app, 60, isKill: false);
            TestContext.Current.TestOutputHelper!.WriteLine($"{app.Id}: {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s, {load.Requests} requests, {gateways.Sum(one => one.Refused)} refused, {gateways.Sum(one => one.Unavailable)} 503");
        }

        await rolled.CancelAsync();
        await Task.WhenAll(clients);
        TestContext.Current.TestOutputHelper!.WriteLine($"{load.Requests} requests, {load.Sent.Count} messages, {load.Bought} bought, {gateways.Sum(one => one.Refused)} connections refused, {gateways.Sum(one => one.Unavailable)} times 503");
        Assert.Empty(load.Faults.GroupBy(fault => fault).Select(same => $"{same.Count()} {same.Key}"));
        using var owner = new AgentClient(mesh.Ready.Gateway);
        foreach (var n in Enumerable.Range(0, Clients))
        {
            var history = await owner.HistoryAsync(Load.UserOf(n));
            Assert.Equal(
                load.Sent.Where(sent => sent.Client == n).Select(sent => sent.Content).Order(StringComparer.Ordinal),
                history.Where(message => message.Role == "user").Select(message => message.Content).Order(StringComparer.Ordinal));
            Assert.Equal(history.Count, 2 * history.Count(message => message.Role == "user"));
        }

        Assert.Equal((UInt256)(Gifts * Gift - (ulong)load.Bought * Price), await facilitator.BalanceAsync(key.Address));
    }

    private static HttpClient BuyerOf(TwoGateways gateways, EvmKey key, Uri gateway)
    {
        var policy = new PaymentPolicy { Caps = [new SpendingCap(KnownAssets.UsdcOnBaseSepolia, (UInt256)Price)] };
        var wallet = new KeyWallet(key, policy, RandomNumberGenerator.Create(), TimeProvider.System);
        // It sends nothing again by itself.
        return new HttpClient(new PaymentHandler(wallet, new PaymentHandlerOptions { MaxResends = 0 }) { InnerHandler = gateways }) { BaseAddress = gateway };
    }

    /// <summary>Clients, each with an agent of its own. Some buy; of the requests of the others every fifth reads, the rest are messages without an idempotency key.</summary>
    private sealed class Load(IReadOnlyList<HttpClient> clients) : IDisposable
    {
        private int _requests;
        private int _bought;

        public ConcurrentQueue<(int Client, string Content)> Sent { get; } = [];

        public ConcurrentQueue<string> Faults { get; } = [];

        public int Requests => Volatile.Read(ref _requests);

        public int Bought => Volatile.Read(ref _bought);

        public static string UserOf(int client) => $"user-{client}";

        public async Task RunAsync(int client, int wanted, CancellationToken rolled)
        {
            for (var number = 1; !rolled.IsCancellationRequested || Requests < wanted; number++)
            {
                try
                {
                    await ((number % 10) switch
                    {
                        _ when client < Buyers => BuyAsync(client, number),
                        3 => ReadAsync(client, $"/agent/{UserOf(client)}/info"),
                        8 => ReadAsync(client, $"/agent/{UserOf(client)}/history?limit=10"),
                        _ => PostAsync(client, number),
                    });
                }
                catch (HttpRequestException fault)
                {
                    Faults.Enqueue($"{fault.Message} {fault.InnerException?.Message} {fault.InnerException?.InnerException?.Message}");
                }
            }
        }

        public async Task PostAsync(int client, int number)
        {
            var content = $"message {client}-{number}";
            Sent.Enqueue((client, content));
            Interlocked.Increment(ref _requests);
            using var answer = await clients[client].PostAsJsonAsync($"/agent/{UserOf(client)}/message", new { content }, TestContext.Current.CancellationToken);
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            if (answer.StatusCode != HttpStatusCode.OK)
                Faults.Enqueue($"message: {(int)answer.StatusCode} {Code(text)}");
        }

        public void Dispose()
        {
            foreach (var client in clients)
                client.Dispose();
        }

        private async Task ReadAsync(int client, string path)
        {
            Interlocked.Increment(ref _requests);
            using var answer = await clients[client].GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            if (answer.StatusCode != HttpStatusCode.OK)
                Faults.Enqueue($"read: {(int)answer.StatusCode} {Code(text)}");
        }

        private async Task BuyAsync(int client, int number)
        {
            Interlocked.Increment(ref _requests);
            using var answer = await clients[client].PostAsJsonAsync($"/agent/{UserOf(client)}/premium/analysis", new { query = $"{number}?" }, TestContext.Current.CancellationToken);
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            if (answer.StatusCode != HttpStatusCode.OK)
                Faults.Enqueue($"purchase: {(int)answer.StatusCode} {Code(text)}");
            else
                Interlocked.Increment(ref _bought);
        }

        private static string Code(string text) =>
            text.StartsWith('{') && JsonElement.Parse(text) is var problem && problem.TryGetProperty("type", out var type)
                ? $"{type.GetString()} {(problem.TryGetProperty("detail", out var detail) ? detail.GetString() : null)}" : text;
    }
}
