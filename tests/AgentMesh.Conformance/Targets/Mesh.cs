using AgentMesh.Conformance.Apps;

namespace AgentMesh.Conformance.Targets;

/// <summary>Apps in this process and their sidecars in others.</summary>
public sealed class Mesh : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agentmesh-conformance-").FullName;
    private readonly List<AppSide> _apps = [];
    private ISidecars _sidecars = null!;
    private RedisProcess? _redis;
    private SdkApp? _sdk;
    private RawApp? _replica;

    private Mesh(Target target) => Target = target;

    public Target Target { get; }

    /// <summary>The app that hosts actors.</summary>
    public AppSide App => _apps[0];

    /// <summary>Another app.</summary>
    public AppSide Peer => _apps[1];

    /// <summary>The second process of <see cref="App"/>. Its own sidecar's ports are not always known: ask through the first.</summary>
    public RawApp Replica => _replica ?? throw new InvalidOperationException("This mesh was started without it.");

    /// <summary>The app that is made with the SDK.</summary>
    public SdkApp Sdk => _sdk ?? throw new InvalidOperationException("This mesh was started without it.");

    /// <summary>Starts apps and sidecars.</summary>
    /// <param name="target">Which sidecars.</param>
    /// <param name="options">What differs from the usual mesh.</param>
    public static async Task<Mesh> StartAsync(Target target, MeshOptions? options = null)
    {
        var mesh = new Mesh(target);
        try
        {
            await mesh.StartAsync(options ?? new MeshOptions());
            return mesh;
        }
        catch
        {
            await mesh.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets a late app listen, and waits for its sidecar to see it.</summary>
    public async Task StartAppAsync(AppSide app)
    {
        await app.Raw.StartAsync(app.Plan.AppPort);
        await WaitAsync(app.Plan, "/v1.0/healthz");
    }

    /// <summary>SIGTERM to the sidecar of an app, as a supervisor sends it.</summary>
    public void Terminate(AppSide app) => _sidecars.Terminate(app.AppId);

    public async Task WaitForExitAsync(AppSide app) =>
        await _sidecars.WaitForExitAsync(app.AppId, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _apps)
        {
            app.Dispose();
            await app.Raw.DisposeAsync();
        }

        if (_sdk is not null)
            await _sdk.DisposeAsync();
        if (_replica is not null)
            await _replica.DisposeAsync();
        if (_sidecars is not null)
        {
            // Shown when the test has failed. A shared mesh outlives its tests and has nobody to tell.
            TestContext.Current.TestOutputHelper?.WriteLine(_sidecars.Output);
            await _sidecars.DisposeAsync();
        }

        if (_redis is not null)
            await _redis.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAsync(MeshOptions options)
    {
        _redis = Target == Target.Sqlite ? null : RedisProcess.Start(_folder);
        foreach (var definition in options.Apps)
        {
            var planned = new PlannedApp(definition.AppId, Free.Port(), Free.Port(), Free.Port(), options.Health);
            _apps.Add(new AppSide(planned, new RawApp(definition.Config, definition.Subscriptions)));
        }

        if (options.WithSdk)
            _sdk = new SdkApp(new PlannedApp("sdk", Free.Port(), Free.Port(), Free.Port(), options.Health));

        var replica = options.WithReplica ? new PlannedApp(App.AppId, Free.Port(), Free.Port(), Free.Port(), options.Health) : null;
        var others = new[] { _sdk?.Plan, replica }.OfType<PlannedApp>();
        var files = new ResourceFiles(_folder, _redis?.Address ?? "localhost:6379", $"http://127.0.0.1:{_apps[^1].Plan.AppPort}");
        var plan = new SidecarPlan
        {
            Folder = _folder,
            Apps = [.. _apps.Select(app => app.Plan), .. others],
            Resources = files.WriteResources(),
            ConfigFile = files.WriteConfiguration(options.ActorStateTtl),
            Redis = _redis?.Address,
            DaprdFidelity = options.DaprdFidelity,
            Environment = new Dictionary<string, string> { ["CONFORMANCE_SECRET"] = "of-the-environment" },
        };
        _sidecars = Target switch
        {
            Target.Daprd => new Daprd(plan, Availability.Find("daprd")!, hasControlPlane: true, Free.Ports(Daprd.PortsFor(plan.Apps.Count))),
            Target.LocalDaprd => new Daprd(plan, LocalSidecar.Daprd, hasControlPlane: false, Free.Ports(Daprd.PortsFor(plan.Apps.Count))),
            _ => new LocalSidecar(plan),
        };
        Free.Release(plan.Apps.SelectMany(app => new[] { app.HttpPort, app.GrpcPort }));
        await _sidecars.StartAsync(TestContext.Current.CancellationToken);
        // Sidecars first, as their launchers start them: an app that is older than its sidecar may hold actors of another one.
        foreach (var app in _apps.Select(app => app.Plan).Concat(_sdk is null ? [] : [_sdk.Plan]))
            await WaitAsync(app, "/v1.0/healthz/outbound");
        foreach (var (app, _) in _apps.Zip(options.Apps).Where(item => !item.Second.IsLate))
            await app.Raw.StartAsync(app.Plan.AppPort);
        if (_sdk is not null)
            await _sdk.StartAsync();
        if (replica is not null)
        {
            _replica = new RawApp(options.Apps[0].Config, options.Apps[0].Subscriptions);
            await _replica.StartAsync(await _sidecars.FindAppPortAsync(replica, TestContext.Current.CancellationToken));
            await _sidecars.WaitForReplicaAsync(replica, TestContext.Current.CancellationToken);
        }

        foreach (var (app, _) in _apps.Zip(options.Apps).Where(item => !item.Second.IsLate))
            await WaitAsync(app.Plan, "/v1.0/healthz");

        if (_sdk is not null)
            await WaitAsync(_sdk.Plan, "/v1.0/healthz");
    }

    private Task WaitAsync(PlannedApp app, string path) =>
        Free.WaitForAsync($"http://127.0.0.1:{app.HttpPort}{path}", Failure, TestContext.Current.CancellationToken);

    private string? Failure()
    {
        var exited = _sidecars.WaitForExitAsync(App.AppId, CancellationToken.None);
        return exited.IsCompleted ? _sidecars.Output : null;
    }
}
