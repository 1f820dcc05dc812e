using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Payments;
using AgentMesh.Payments.Settlement;
using AgentMesh.Payments.Sweeping;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentMesh.Payments.Tests.Fakes;

/// <summary>A process of the app: its real pipeline in memory, and a sidecar of its own on a real port.</summary>
internal sealed class PaymentsHost : IAsyncDisposable
{
    private readonly World _world;
    private readonly FakeSidecar _sidecar;
    private readonly WebApplicationFactory<Program> _factory;

    private PaymentsHost(World world, FakeSidecar sidecar, WebApplicationFactory<Program> factory)
    {
        _world = world;
        _sidecar = sidecar;
        _factory = factory;
        Http = factory.CreateClient();
        sidecar.App = Http;
    }

    public HttpClient Http { get; }

    /// <summary>What the app has put together.</summary>
    public IServiceProvider Services => _factory.Services;

    private PaymentRunner Runner => _factory.Services.GetRequiredService<PaymentRunner>();

    public static async Task<PaymentsHost> StartAsync(World world, params (string Name, string Value)[] settings)
    {
        var sidecar = await FakeSidecar.StartAsync(world.Mesh, world.Facilitator);
        return new PaymentsHost(world, sidecar, new WebApplicationFactory<Program>().WithWebHostBuilder(builder =>
        {
            builder.UseSetting("environment", "Development");
            builder.UseSetting("DAPR_HTTP_ENDPOINT", sidecar.Address.ToString());
            foreach (var (name, value) in settings)
                builder.UseSetting(name, value);
            builder.ConfigureServices(services => services.AddSingleton<TimeProvider>(world.Time).AddLogging(log => log.ClearProviders()));
        }));
    }

    /// <summary>Buys, and waits for the outcome.</summary>
    public async Task<PurchaseOutcome> BuyAsync(Purchase purchase)
    {
        var (status, outcome, _) = await TryBuyAsync(purchase);
        Assert.Equal(HttpStatusCode.OK, status);
        return outcome!;
    }

    /// <summary>Buys: an outcome, or a problem.</summary>
    public async Task<(HttpStatusCode Status, PurchaseOutcome? Outcome, string? Problem)> TryBuyAsync(Purchase purchase)
    {
        using var body = JsonContent.Create(purchase, ContractsJson.Default.Purchase);
        using var answer = await _world.DriveAsync(Http.PostAsync(new Uri("payments", UriKind.Relative), body, TestContext.Current.CancellationToken));
        if (answer.IsSuccessStatusCode)
            return (answer.StatusCode, await answer.Content.ReadFromJsonAsync(ContractsJson.Default.PurchaseOutcome, TestContext.Current.CancellationToken), null);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return (answer.StatusCode, null, problem.GetProperty("type").GetString()!["urn:agentmesh:problem:".Length..]);
    }

    /// <summary>Reads a payment; null when there is none.</summary>
    public async Task<PaymentInfo?> ReadAsync(string paymentId)
    {
        using var answer = await _world.DriveAsync(Http.GetAsync(new Uri($"payments/{paymentId}", UriKind.Relative), TestContext.Current.CancellationToken));
        return answer.StatusCode == HttpStatusCode.NotFound
            ? null
            : await answer.Content.ReadFromJsonAsync(ContractsJson.Default.PaymentInfo, TestContext.Current.CancellationToken);
    }

    /// <summary>Reads what has become of a payment; null when there is none.</summary>
    public async Task<PurchaseOutcome?> ReadOutcomeAsync(string paymentId)
    {
        using var answer = await _world.DriveAsync(Http.GetAsync(new Uri($"payments/{paymentId}/outcome", UriKind.Relative), TestContext.Current.CancellationToken));
        return answer.StatusCode == HttpStatusCode.NotFound
            ? null
            : await answer.Content.ReadFromJsonAsync(ContractsJson.Default.PurchaseOutcome, TestContext.Current.CancellationToken);
    }

    /// <summary>What the sidecar does when the reminder is due.</summary>
    public async Task RemindAsync(string paymentId)
    {
        using var tick = JsonContent.Create(new { data = "", dueTime = "", period = "0h0m10s0ms" });
        using var answer = await _world.DriveAsync(Http.PutAsync(
            new Uri($"actors/PaymentActor/{paymentId}/method/remind/work", UriKind.Relative), tick, TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>Waits until nothing is under way.</summary>
    public Task RestAsync() => _world.DriveAsync(() => Runner.UnderWay == 0);

    /// <summary>The process dies: nothing it still says is heard.</summary>
    public async ValueTask DisposeAsync()
    {
        // The test server takes the services' connections away while they stop, which a process does not.
        var noted = _factory.Services.GetRequiredService<OpenPaymentNotes>().StopAsync(CancellationToken.None);
        await _world.DriveAsync(() => noted.IsCompleted);
        await noted;
        Http.Dispose();
        // What waits on the world's clock has to see its end.
        var stopped = _factory.DisposeAsync().AsTask();
        await _world.DriveAsync(() => stopped.IsCompleted);
        await stopped;
        await _sidecar.DisposeAsync();
    }
}
