using System.Net;
using System.Security.Cryptography;
using AgentMesh.Cli.Canary;
using AgentMesh.Cli.CrashTesting.Driving;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;
using AgentMesh.CrashKit.Histories;
using AgentMesh.CrashKit.Verdicts;

namespace AgentMesh.Cli.CrashTesting.Scenarios;

/// <summary>The canary while things break: owners of two tenants, with users of the same names, do what owners do and try what they must not.</summary>
internal sealed class IsolationScenario : IScenario
{
    private const int Workers = 8;
    private const int UsersPerTenant = 4;
    private const int SocketsInTwenty = 3;
    private const int TricksInTwenty = 9;
    private const int LeastPauseMs = 2;
    private const int MostPauseMs = 40;
    private const int KeyBytes = 24;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CanaryReport _report = new();
    private CanaryOwners? _owners;
    private IReadOnlyList<CanaryAgent> _agents = [];
    private MarkerBook? _markers;
    private string? _key;

    /// <inheritdoc/>
    public string Name => "isolation";

    /// <inheritdoc/>
    public string Promise => "Nobody is shown what is another's, and nobody is let in to it.";

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Roles { get; } = ["agents", "gateway", "sidecar", "store", "network"];

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> PrepareAsync(CrashOptions options, CancellationToken cancellationToken)
    {
        _key = options.Foreign is { } foreign ? foreign.Place.Token : $"crash-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes))}";
        return Task.FromResult<IReadOnlyList<string>>(["AgentMesh__Auth__Mode=ApiKey", $"AgentMesh__Auth__BootstrapKey={_key}"]);
    }

    /// <inheritdoc/>
    public async Task LoadAsync(CrashWorld world, CancellationToken stop, CancellationToken cancellationToken)
    {
        var markers = _markers = new MarkerBook(world.Parts.Random);
        _agents = await MakeAgentsAsync(world, stop, cancellationToken);
        using var http = Http(world, markers);
        using var through = new HttpMessageInvoker(world.Proxy.Through(LocalHttp.CreateHandler(world.Mesh.Place.Gateway)));
        var (own, tricks) = (new OwnOperations(markers, _agents), new Tricks(markers));
        foreach (var agent in _agents)
        {
            // Each is there before anybody tries it.
            var marker = markers.New(agent);
            await SendAsync(world, http, "owner", new CanaryRequest("message", agent, HttpMethod.Post, agent.Path + "/message", OwnOperations.Write(("content", marker))), cancellationToken);
        }

        await Task.WhenAll(Enumerable.Range(1, Workers).Select(worker => WorkAsync(
            world, http, new IsolationSockets(world, markers, tricks, _report, through, $"worker-{worker}"), own, tricks, $"worker-{worker}", stop, cancellationToken)));
    }

    /// <inheritdoc/>
    public async Task<Findings> CheckAsync(CrashWorld world, CancellationToken cancellationToken)
    {
        var begun = world.Parts.TimeProvider.GetTimestamp();
        while (_markers is not null && !await SweepAsync(world, _markers, cancellationToken))
        {
            // Whoever was let in to an agent may have left it so that its owner cannot read it; that is told already.
            if (!_report.IsClean)
                break;
            if (world.Parts.TimeProvider.GetElapsedTime(begun) > Longest)
                throw new CliException("what agents have cannot be read after all was made to work again");
            await Task.Delay(Pause, world.Parts.TimeProvider, cancellationToken);
        }

        if (!world.Mesh.IsThrownAway && _owners is not null)
            await _owners.EndAsync(_agents, cancellationToken);
        return new Findings(world.History.Operations.Count, [.. _report.Failures.Select(ToViolation)]);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<IReadOnlyList<CanaryAgent>> MakeAgentsAsync(CrashWorld world, CancellationToken stop, CancellationToken cancellationToken)
    {
        for (var tries = 1; !stop.IsCancellationRequested; tries++)
        {
            try
            {
                // Of those that there are now: their ports change when all is started again.
                var gateway = world.Mesh.Gateways.Count > 0 ? world.Mesh.Gateways[0] : throw new CliException("no gateway is there");
                _owners = new CanaryOwners(new UriBuilder(world.Mesh.Place.Gateway) { Host = gateway.Host, Port = gateway.Port }.Uri, _key, world.Parts);
                return await _owners.MakeAsync($"{world.Run}-{tries}", UsersPerTenant, cancellationToken);
            }
            catch (CliException)
            {
                // Something was broken meanwhile: with new tenants once more.
                await Task.Delay(Pause, world.Parts.TimeProvider, cancellationToken);
            }
        }

        return [];
    }

    private CanaryHttp Http(CrashWorld world, MarkerBook markers) =>
        new([world.Mesh.Place.Gateway], markers, _report, gateway => world.Proxy.Through(LocalHttp.CreateHandler(gateway)));

    private async Task WorkAsync(
        CrashWorld world, CanaryHttp http, IsolationSockets sockets, OwnOperations own, Tricks tricks, string name, CancellationToken stop, CancellationToken cancellationToken)
    {
        await using var disposed = sockets;
        var seeded = world.Random.Fork(name);
        var random = new Random(seeded.Next(int.MaxValue));
        while (_agents.Count > 0 && !stop.IsCancellationRequested)
        {
            var me = random.Next(_agents.Count);
            var victim = _agents[(me + 1 + random.Next(_agents.Count - 1)) % _agents.Count];
            var canBeRefused = _agents[me].Token is not null;
            await (random.Next(20) switch
            {
                < SocketsInTwenty when canBeRefused => sockets.UseAsync(_agents[me], victim, random, cancellationToken),
                < SocketsInTwenty + TricksInTwenty when canBeRefused => SendAsync(world, http, name, tricks.Next(_agents[me], victim, random), cancellationToken),
                _ => SendAsync(world, http, name, own.Next(_agents[me], random), cancellationToken),
            });
            await Task.Delay(TimeSpan.FromMilliseconds(seeded.Between(LeastPauseMs, MostPauseMs)), world.Parts.TimeProvider, cancellationToken);
        }
    }

    private static async Task SendAsync(CrashWorld world, CanaryHttp http, string client, CanaryRequest request, CancellationToken cancellationToken)
    {
        var number = world.History.Begin(client, request.Reader.Name, request.Kind, $"{request.Method} {request.Path}");
        var answer = await http.SendAsync(request, cancellationToken);
        world.History.End(number, answer is (var status, _) ? CrashClient.OutcomeOf(new GatewayAnswer(status, [], null)) : Outcome.Lost);
    }

    /// <summary>Everything that each agent has, once more: whatever was put into a foreign agent is there now, and nothing of what was acknowledged is missing.</summary>
    /// <returns>False: something of it could not be read.</returns>
    private async Task<bool> SweepAsync(CrashWorld world, MarkerBook markers, CancellationToken cancellationToken)
    {
        using var http = Http(world, markers);
        foreach (var agent in _agents)
        {
            if (await http.SendAsync(new CanaryRequest("last export", agent, HttpMethod.Get, agent.Path + "/export"), cancellationToken) is not (HttpStatusCode.OK, var text))
                return false;
            foreach (var marker in agent.Acknowledged.Where(marker => !text.Contains(marker, StringComparison.Ordinal)))
                _report.Lost($"{agent.Name} has acknowledged a message with {marker}, and it is not in its export");
        }

        return true;
    }

    private static Violation ToViolation(CanaryFailure failure) => new(
        failure.Kind switch { CanaryFailureKind.Leak => ViolationKind.Leaked, CanaryFailureKind.Loss => ViolationKind.Lost, _ => ViolationKind.Wrong }, "canary", failure.What, []);
}
