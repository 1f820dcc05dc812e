using AgentMesh.Sidecar.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentMesh.Sidecar.Tests.Runtime;

/// <summary>The real runtime on real ports, in this process, with a client that speaks to it as an app would.</summary>
internal sealed class SidecarHarness : IAsyncDisposable
{
    private readonly SidecarRuntime _runtime;

    private SidecarHarness(SidecarRuntime runtime, MemoryStore store, IReadOnlyList<AppDefinition> apps)
    {
        _runtime = runtime;
        Store = store;
        Apps = apps;
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{apps[0].DaprHttpPort}") };
    }

    public MemoryStore Store { get; }

    public IReadOnlyList<AppDefinition> Apps { get; }

    public HttpClient Client { get; }

    public SidecarRuntime Runtime => _runtime;

    /// <summary>A definition with free Dapr ports.</summary>
    public static AppDefinition Define(string appId, int appPort, int replica = 0) =>
        new(appId, replica, appPort, TestPorts.Next(), TestPorts.Next()) { ActorStateStore = "statestore" };

    public static async Task<SidecarHarness> StartAsync(IReadOnlyList<AppDefinition> apps, string? daprToken = null, string? appToken = null, TimeProvider? timeProvider = null,
        AgentMesh.Sidecar.State.IStateStore? realStore = null, Func<SidecarOptions, SidecarOptions>? configure = null)
    {
        var store = new MemoryStore();
        var options = new SidecarOptions { Apps = apps, DaprApiToken = daprToken, AppApiToken = appToken };
        var runtime = await SidecarRuntime.StartAsync(
            configure?.Invoke(options) ?? options, realStore ?? store, NullLoggerFactory.Instance, timeProvider ?? TimeProvider.System, TestContext.Current.CancellationToken);
        return new SidecarHarness(runtime, store, apps);
    }

    /// <summary>The common case: one stub app, connected.</summary>
    public static async Task<SidecarHarness> StartAsync(StubApp app, string? daprToken = null, string? appToken = null, TimeProvider? timeProvider = null)
    {
        var harness = await StartAsync([Define("app", app.Port)], daprToken, appToken, timeProvider);
        await harness.ConnectAsync();
        return harness;
    }

    /// <summary>A path as it stands, double slashes and all (the SDK's URLs start with two).</summary>
    public string At(string path) => $"http://127.0.0.1:{Apps[0].DaprHttpPort}{path}";

    public Task ConnectAsync(int index = 0) => _runtime.ConnectAppAsync(Apps[index], TestContext.Current.CancellationToken);

    public Task DisconnectAsync(int index = 0) => _runtime.DisconnectAppAsync(Apps[index]);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _runtime.DisposeAsync();
    }
}
