using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using AgentMesh.Evm;
using AgentMesh.Evm.Rpc;
using AgentMesh.Facilitator.Ledger;
using AgentMesh.X402.Networks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Facilitator.Tests;

/// <summary>The facilitator as <c>Program.cs</c> builds it, in Development, before a fake state store, at a time that stands still.</summary>
internal sealed class FacilitatorServer : WebApplicationFactory<Program>
{
    private readonly FakeStateStore _store;
    private readonly KeyValuePair<string, string>[] _settings;

    public FacilitatorServer(FakeStateStore store, params KeyValuePair<string, string>[] settings)
    {
        (_store, _settings) = (store, settings);
        Http = CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, HandleCookies = false });
    }

    public FakeTimeProvider Time { get; } = new(Payments.Now);

    /// <summary>Sends through the whole pipeline in memory.</summary>
    public HttpClient Http { get; }

    public TokenLedger Ledger => Services.GetRequiredService<TokenLedger>();

    /// <summary>What an account has of USDC on Base Sepolia.</summary>
    public async Task<string> BalanceAsync(EvmAddress owner) =>
        (await Ledger.GetBalanceAsync(EvmNetwork.BaseSepolia, KnownAssets.UsdcOnBaseSepolia.Address, owner, TestContext.Current.CancellationToken)).ToString();

    /// <summary>Gives USDC on Base Sepolia.</summary>
    public async Task FundAsync(EvmAddress owner, UInt256 amount)
    {
        var id = new Bytes32(Guid.NewGuid().ToByteArray().Concat(new byte[16]).ToArray());
        var given = await Ledger.GiveAsync(EvmNetwork.BaseSepolia, KnownAssets.UsdcOnBaseSepolia.Address, owner, amount, id, null, TestContext.Current.CancellationToken);
        Assert.False(given.IsRefused);
    }

    /// <summary>Posts JSON and reads JSON, whatever the status.</summary>
    public async Task<(int Status, JsonElement Body)> PostAsync(string path, object body, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        using var answer = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken));
    }

    /// <summary>A node's client at <c>/rpc</c>.</summary>
    public EvmRpcClient Node(string path = "/rpc") => new(Http, new Uri(Http.BaseAddress!, path), new EvmRpcOptions(), TimeProvider.System);

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Development");
        builder.UseSetting("DAPR_HTTP_ENDPOINT", _store.Address);
        builder.UseSetting("DAPR_API_TOKEN", FakeStateStore.Token);
        builder.UseSetting("APP_PORT", 0.ToString(CultureInfo.InvariantCulture));
        foreach (var (name, value) in _settings)
            builder.UseSetting(name, value);
        builder.ConfigureLogging(logging => logging.ClearProviders());
        builder.ConfigureTestServices(services => services.AddSingleton<TimeProvider>(Time));
    }
}
