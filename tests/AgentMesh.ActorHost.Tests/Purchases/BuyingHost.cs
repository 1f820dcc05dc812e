using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AgentMesh.ActorHost.Purchases;
using AgentMesh.ActorHost.Tests.Wallets;
using AgentMesh.ActorHost.Tests.Wallets.Crossmint;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;
using AgentMesh.Testing;
using AgentMesh.Testing.ModelServer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
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

    public static async Task<BuyingHost> StartAsync(params (string, string)[] settings) => await StartAsync(await FakeActorState.StartAsync(), new FakeTimeProvider(WalletHost.StartTime), settings);

    /// <param name="time">The clock.</param>
    /// <param name="settings">Of the app.</param>
    public static async Task<BuyingHost> StartAsync(FakeTimeProvider time, params (string, string)[] settings) => await StartAsync(await FakeActorState.StartAsync(), time, settings);

    /// <summary>A wallet at Crossmint.</summary>
    public static async Task<BuyingHost> StartAsync(FakeCrossmint crossmint)
    {
        var state = await FakeActorState.StartAsync();
        state.Secrets["secretstore/crossmint"] = $$"""{"crossmint":"{{FakeCrossmint.ApiKey}}"}""";
        return await StartAsync(
            state, new FakeTimeProvider(WalletHost.StartTime), ("AgentMesh:Wallets:Provider", "crossmint"), ("AgentMesh:Wallets:Crossmint:ApiKeySecret", "secretstore/crossmint"),
            ("AgentMesh:Wallets:Crossmint:BaseUrl", crossmint.Url.ToString()));
    }

    /// <summary>A model that costs nothing, unless the settings say otherwise.</summary>
    public static Task<BuyingHost> StartAsync(FakeModelServer model, params (string, string)[] settings) => StartAsync(
    [
        ("AgentMesh:Responder:Provider", "openai"), ("AgentMesh:Responder:Endpoint", model.OpenAIEndpoint.ToString()), ("AgentMesh:Responder:Model", "test-model"), .. settings,
    ]);

    private static async Task<BuyingHost> StartAsync(FakeActorState state, FakeTimeProvider time, params (string, string)[] settings)
    {
        var shop = await FakeShop.StartAsync();
        var wallets = WalletHost.Start(state, WalletHost.Key(1), time, [("AgentMesh:Outgoing:Allow", shop.Place), .. settings]);
        var host = new BuyingHost(wallets, shop);
        var faucet = wallets.State.Apps!;
        wallets.State.Apps = (called, context) => called == "payments/authorizations/look" ? host.LookAsync(context) : faucet(called, context);
        var greeted = await wallets.Host.PostAsync(Alice, "hello", "r0");
        await wallets.UntilAsync(() => wallets.Wallet("address") is not null);
        await wallets.UntilSettledAsync();
        await host.EndOfTurnAsync(greeted.Value!.TurnId);
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

    /// <summary>What is waited for on behalf of the tenant.</summary>
    public PromisedFunds Promised() => Host.Services.GetRequiredService<PromisedFunds>();

    /// <summary>What became of the hold: of all holds there is one.</summary>
    public string HoldState()
    {
        var ledger = JsonElement.Parse(State[Alice, "ledger"]!);
        return ledger.GetProperty("open").EnumerateArray().Concat(ledger.GetProperty("settled").EnumerateArray()).Single().GetProperty("state").GetString()!;
    }

    /// <summary>Waits until a turn is over, or paused.</summary>
    public async Task<Turn> EndOfTurnAsync(string id)
    {
        var turn = (await Host.TurnAsync(Alice, id)).Value!;
        await UntilAsync(async () => (turn = (await Host.TurnAsync(Alice, id)).Value!).Status is not (TurnStatus.Running or TurnStatus.Queued));
        return turn;
    }

    public Task UntilAsync(Func<Task<bool>> isSo) => _wallets.UntilAsync(isSo);

    /// <summary>The time passes, and the reminder comes.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        Host.Time.Advance(time);
        await Host.RemindAsync(Alice, "schedule");
    }

    /// <summary>Time passes until the seller has answered the payment that was sent again: the same bytes, and paid for.</summary>
    public async Task UntilSentAgainAsync(string id)
    {
        await UntilAsync(async () =>
        {
            await PassAsync(TimeSpan.FromSeconds(3));
            return (await GetAsync(id)).Status == 200;
        });
        Assert.Equal(2, Shop.Payments.Count);
        Assert.Single(Shop.Payments.Distinct());
        Assert.Equal("Posted", HoldState());
    }

    public static string TextOf(PurchaseView view) => Encoding.UTF8.GetString(Convert.FromBase64String(view.Body!));

    public async ValueTask DisposeAsync()
    {
        await _wallets.DisposeAsync();
        await Shop.DisposeAsync();
    }

    private Task LookAsync(HttpContext context) => context.Response.WriteAsJsonAsync(Chain, ContractsJson.Default.AuthorizationOutcome);
}
