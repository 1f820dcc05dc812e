using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AgentMesh.ActorHost.Tests.Wallets;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;
using AgentMesh.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.ActorHost.Tests.Purchases;

/// <summary>Alice's agent with its wallet, and a shop that it may call.</summary>
internal sealed class BuyingHost : IAsyncDisposable
{
    public const string Alice = WalletHost.Alice;

    private readonly WalletHost _wallets;

    private BuyingHost(WalletHost wallets, FakeShop shop) => (_wallets, Shop) = (wallets, shop);

    public FakeShop Shop { get; }

    public HostUnderTest Host => _wallets.Host;

    public FakeActorState State => _wallets.State;

    /// <summary>What the chain says of payments.</summary>
    public AuthorizationOutcome Chain { get; set; } = new(PaymentStates.Unknown, CanBeKnown: true);

    public static Task<BuyingHost> StartAsync(params (string, string)[] settings) => StartAsync(new FakeTimeProvider(WalletHost.StartTime), settings);

    /// <param name="time">The clock.</param>
    /// <param name="settings">Of the app.</param>
    public static async Task<BuyingHost> StartAsync(FakeTimeProvider time, params (string, string)[] settings)
    {
        var shop = await FakeShop.StartAsync();
        var wallets = WalletHost.Start(await FakeActorState.StartAsync(), WalletHost.Key(1), time, [("AgentMesh:Outgoing:Allow", shop.Place), .. settings]);
        var host = new BuyingHost(wallets, shop);
        var faucet = wallets.State.Apps!;
        wallets.State.Apps = (called, context) => called == "payments/authorizations/look" ? host.LookAsync(context) : faucet(called, context);
        await wallets.Host.PostAsync(Alice, "hello", "r0");
        await wallets.UntilSettledAsync();
        return host;
    }

    /// <summary>Begins a purchase, and waits until there is something to be told of it.</summary>
    public async Task<PurchaseView> BuyAsync(string key, string? url = null, string max = "100000", string? body = null) =>
        await EndAsync(await BeginAsync(key, url, max, body));

    public Task<Reply<PurchaseView>> BeginAsync(string key, string? url = null, string max = "100000", string? body = null, string? asset = null) => Host.CallAsync(
        Alice, nameof(IAgentPurchases.BeginPurchase),
        JsonContent.Create(
            new BeginPurchase($"r-{key}-{Guid.CreateVersion7()}", key, url ?? Shop.Url, body is null ? "GET" : "POST", body is null ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes(body)), null, max, asset),
            ContractsJson.Default.BeginPurchase),
        ContractsJson.Default.ReplyPurchaseView);

    public async Task<PurchaseView> EndAsync(Reply<PurchaseView> begun)
    {
        Assert.Null(begun.Refusal);
        var view = begun.Value!;
        await UntilAsync(async () => !(view = await GetAsync(view.Id)).IsPending);
        return view;
    }

    public async Task<PurchaseView> GetAsync(string id) => (await Host.CallAsync(
        Alice, nameof(IAgentPurchases.GetPurchase), JsonContent.Create(new GetPurchase(id), ContractsJson.Default.GetPurchase), ContractsJson.Default.ReplyPurchaseView)).Value!;

    public async Task<IReadOnlyList<AgentPayment>> PaymentsAsync() => (await Host.PaymentsAsync(Alice)).Value!.Payments;

    /// <summary>What became of the hold: of all holds there is one.</summary>
    public string HoldState()
    {
        var ledger = JsonElement.Parse(State[Alice, "ledger"]!);
        return ledger.GetProperty("open").EnumerateArray().Concat(ledger.GetProperty("settled").EnumerateArray()).Single().GetProperty("state").GetString()!;
    }

    public Task UntilAsync(Func<Task<bool>> isSo) => _wallets.UntilAsync(isSo);

    /// <summary>The time passes, and the reminder comes.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        Host.Time.Advance(time);
        await Host.RemindAsync(Alice, "schedule");
    }

    public static string TextOf(PurchaseView view) => Encoding.UTF8.GetString(Convert.FromBase64String(view.Body!));

    public async ValueTask DisposeAsync()
    {
        await _wallets.DisposeAsync();
        await Shop.DisposeAsync();
    }

    private Task LookAsync(HttpContext context) => context.Response.WriteAsJsonAsync(Chain, ContractsJson.Default.AuthorizationOutcome);
}
