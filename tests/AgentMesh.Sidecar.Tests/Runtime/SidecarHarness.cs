using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.State;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentMesh.Sidecar.Tests.Runtime;

/// <summary>The real runtime on real ports, in this process, with a client that speaks to it as an app would.</summary>
internal sealed class SidecarHarness : IAsyncDisposable
{
    private readonly SidecarRuntime _runtime;

    private SidecarHarness(SidecarRuntime runtime, IStateStore store, IReadOnlyList<AppDefinition> apps)
    {
        _runtime = runtime;
        Store = store as MemoryStore ?? new MemoryStore();
        Apps = apps;
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{apps[0].DaprHttpPort}") };
    }

    /// <summary>Where the test gave no other.</summary>
    public MemoryStore Store { get; }

    public IReadOnlyList<AppDefinition> Apps { get; }

    public HttpClient Client { get; }

    public SidecarRuntime Runtime => _runtime;

    /// <summary>A definition with free Dapr ports.</summary>
    public static AppDefinition Define(string appId, int appPort, int replica = 0) =>
        new(appId, replica, appPort, TestPorts.Next(), TestPorts.Next()) { ActorStateStore = "statestore" };

    public static async Task<SidecarHarness> StartAsync(
        IReadOnlyList<AppDefinition> apps, string? daprToken = null, string? appToken = null, TimeProvider? timeProvider = null, IStateStore? store = null,
        bool compat116 = false, Func<SidecarOptions, SidecarOptions>? configure = null)
    {
        store ??= new MemoryStore();
        var options = new SidecarOptions { Apps = apps, DaprApiToken = daprToken, AppApiToken = appToken, Compat116 = compat116 };
        var runtime = await SidecarRuntime.StartAsync(
            configure?.Invoke(options) ?? options, store, NullLoggerFactory.Instance, timeProvider ?? TimeProvider.System, TestContext.Current.CancellationToken);
        return new SidecarHarness(runtime, store, apps);
    }

    /// <summary>The common case: one stub app, connected.</summary>
    public static async Task<SidecarHarness> StartAsync(StubApp app, string? daprToken = null, string? appToken = null, TimeProvider? timeProvider = null, IStateStore? store = null,
        bool compat116 = false)
    {
        var harness = await StartAsync([Define("app", app.Port)], daprToken, appToken, timeProvider, store, compat116);
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
