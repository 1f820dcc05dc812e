using System.Globalization;
using AgentMesh.Cli.CrashTesting.Breaking;
using AgentMesh.Cli.CrashTesting.Driving;
using AgentMesh.Cli.CrashTesting.Running;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;
using AgentMesh.CrashKit.Histories;
using AgentMesh.CrashKit.Seeds;
using AgentMesh.Primitives;

namespace AgentMesh.Cli.CrashTesting.Scenarios;

/// <summary>What a scenario works with.</summary>
/// <param name="mesh">The mesh.</param>
/// <param name="proxy">All connections go through it.</param>
/// <param name="history">Where all is noted.</param>
/// <param name="random">Decides what is done.</param>
/// <param name="run">Names the run: its agents and texts are nobody else's.</param>
/// <param name="parts">The clock.</param>
internal sealed class CrashWorld(IMeshUnderTest mesh, ChaosProxy proxy, History history, SeededRandom random, string run, CliParts parts) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<GatewayClient> _gateways = [];
    private readonly Dictionary<string, UserId> _users = new(StringComparer.Ordinal);

    /// <summary>The mesh.</summary>
    public IMeshUnderTest Mesh => mesh;

    /// <summary>All connections go through it.</summary>
    public ChaosProxy Proxy => proxy;

    /// <summary>Where all is noted.</summary>
    public History History => history;

    /// <summary>Decides what is done. Each client takes a fork.</summary>
    public SeededRandom Random => random;

    /// <summary>Names the run.</summary>
    public string Run => run;

    /// <summary>The clock and the outputs.</summary>
    public CliParts Parts => parts;

    /// <summary>What time it is for the mesh, and for whoever signs what it judges by time.</summary>
    public TimeProvider MeshTime { get; } = new MovedTime(mesh, parts.TimeProvider);

    /// <summary>The users of this run so far.</summary>
    public IReadOnlyCollection<UserId> Users
    {
        get
        {
            lock (_lock)
                return [.. _users.Values];
        }
    }

    /// <summary>One of the run's users; they are erased in the end of a mesh that goes on.</summary>
    /// <param name="name">What the scenario calls it.</param>
    public UserId User(string name)
    {
        lock (_lock)
        {
            if (!_users.TryGetValue(name, out var user))
                _users[name] = user = UserId.Parse($"crash-{run}-{name}");
            return user;
        }
    }

    /// <summary>As many users.</summary>
    public IReadOnlyList<UserId> UsersOf(int count) => [.. Enumerable.Range(1, count).Select(n => User(string.Create(CultureInfo.InvariantCulture, $"{n}")))];

    /// <summary>A client with a connection of its own.</summary>
    /// <param name="name">Its name; its numbers are those of the name.</param>
    public CrashClient Client(string name) => new(name, random.Fork(name), Gateway(), history, parts);

    /// <summary>As many clients.</summary>
    public IReadOnlyList<CrashClient> Clients(int count) => [.. Enumerable.Range(1, count).Select(n => Client(string.Create(CultureInfo.InvariantCulture, $"client-{n}")))];

    /// <summary>A client of the gateway whose connections go through the proxy.</summary>
    /// <param name="place">In whose name; null: the mesh's.</param>
    public GatewayClient Gateway(GatewayPlace? place = null)
    {
        var gateway = new GatewayClient(place ?? mesh.Place, parts, proxy.Through(LocalHttp.CreateHandler(mesh.Place.Gateway)));
        lock (_lock)
            _gateways.Add(gateway);
        return gateway;
    }

    /// <summary>A key by which a request acts once.</summary>
    /// <param name="name">Of the run's no other request.</param>
    public string Key(string name) => $"crash-{run}-{name}";

    public void Dispose()
    {
        foreach (var gateway in _gateways)
            gateway.Dispose();
    }

    private sealed class MovedTime(IMeshUnderTest mesh, TimeProvider time) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + mesh.ClockOffset;
    }
}
