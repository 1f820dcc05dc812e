using System.Collections.Concurrent;
using System.Globalization;
using AgentMesh.Cli.CrashTesting.Driving;
using AgentMesh.Cli.Meshes;
using AgentMesh.CrashKit.Checking;
using AgentMesh.CrashKit.Histories;
using AgentMesh.CrashKit.Verdicts;
using AgentMesh.Primitives;

namespace AgentMesh.Cli.CrashTesting.Scenarios;

/// <summary>
/// Agents are written to, and watched over WebSockets, event streams and long polls whose connections are lost all the time. Each watcher has to get every event
/// once, in order, and the same as all others.
/// </summary>
internal sealed class StreamsScenario : IScenario
{
    private const int Writers = 4;
    private const int Agents = 3;

    /// <summary>Watchers that begin later have to get what was before them too.</summary>
    private const int LateWatchers = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentBag<AgentWatcher> _watchers = [];
    private readonly ConcurrentBag<Task> _watching = [];
    private readonly CancellationTokenSource _stopped = new();
    private HttpMessageInvoker? _sockets;

    /// <inheritdoc/>
    public string Name => "streams";

    /// <inheritdoc/>
    public string Promise => "Each watcher gets every event of its agent once, in order and as the log has it, over WebSockets, event streams and long polls, wherever its connections are lost.";

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Roles { get; } = ["agents", "gateway", "sidecar", "store", "network"];

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> PrepareAsync(CrashOptions options, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <inheritdoc/>
    public async Task LoadAsync(CrashWorld world, CancellationToken stop, CancellationToken cancellationToken)
    {
        _sockets = new HttpMessageInvoker(world.Proxy.Through(LocalHttp.CreateHandler(world.Mesh.Place.Gateway)));
        var users = world.UsersOf(Agents);
        foreach (var user in users)
        {
            for (var transport = 0; transport < 3; transport++)
                Watch(world, user, transport, "early");
        }

        var late = StartLateAsync(world, users, stop, cancellationToken);
        await Task.WhenAll([late, .. Enumerable.Range(1, Writers).Select(n => WriteAsync(world, world.Client(string.Create(CultureInfo.InvariantCulture, $"writer-{n}")), users, stop, cancellationToken))]);
    }

    /// <inheritdoc/>
    public async Task<Findings> CheckAsync(CrashWorld world, CancellationToken cancellationToken)
    {
        var reader = world.Client("reader");
        Dictionary<string, IReadOnlyList<LogEvent>> logs = new(StringComparer.Ordinal);
        foreach (var user in world.UsersOf(Agents))
            logs[$"{user}"] = await EventReading.AllAsync(world, reader, user, cancellationToken);
        // What has an answer is in the log; what is still on its way to watchers comes.
        var begun = world.History.Now;
        while (_watchers.Any(watcher => watcher.Last < LastOf(logs[watcher.Watched.Agent])) && world.History.Now - begun < Patience)
            await Task.Delay(Look, world.Parts.TimeProvider, cancellationToken);
        await _stopped.CancelAsync();
        await Task.WhenAll(_watching);

        List<Violation> violations = [];
        var count = 0;
        foreach (var user in world.UsersOf(Agents))
        {
            // Read again: a message whose answer was lost may have been stored since.
            var log = await EventReading.AllAsync(world, reader, user, cancellationToken);
            violations.AddRange(StreamChecks.Log($"{user}", log));
            foreach (var watched in _watchers.Select(watcher => watcher.Watched).Where(watched => watched.Agent == $"{user}"))
            {
                count += watched.Events.Count;
                violations.AddRange(StreamChecks.Of(watched, log, LastOf(logs[watched.Agent])));
            }

            violations.AddRange(MessageChecker.Check(
                $"{user}", world.History.Operations.Where(operation => operation.Agent == $"{user}" && operation.Action == "message"), [],
                await Settling.ReadAsync(world, reader, user, cancellationToken)));
        }

        return new Findings(count, violations);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        await Task.WhenAll(_watching);
        _stopped.Dispose();
        _sockets?.Dispose();
    }

    private static long LastOf(IReadOnlyList<LogEvent> log) => log.Count > 0 ? log[^1].Seq : 0;

    private void Watch(CrashWorld world, UserId user, int transport, string when)
    {
        var name = $"{(transport switch { 0 => "socket", 1 => "stream", _ => "poll" })} {when} of {user}";
        // Not by the user's name, which is of this run alone.
        var random = world.Random.Fork(string.Create(CultureInfo.InvariantCulture, $"watcher {_watchers.Count}"));
        AgentWatcher watcher = transport switch
        {
            0 => new SocketWatcher(user, name, random, world.History, world.Mesh.Place, _sockets!),
            1 => new StreamWatcher(user, name, random, world.History, world.Gateway()),
            _ => new PollWatcher(user, name, random, world.History, world.Client(name)),
        };
        _watchers.Add(watcher);
        _watching.Add(watcher.RunAsync(world, _stopped.Token));
    }

    private async Task StartLateAsync(CrashWorld world, IReadOnlyList<UserId> users, CancellationToken stop, CancellationToken cancellationToken)
    {
        var random = world.Random.Fork("late");
        for (var n = 0; n < LateWatchers; n++)
        {
            await Task.Delay(TimeSpan.FromSeconds(random.Between(2, 10)), world.Parts.TimeProvider, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            if (stop.IsCancellationRequested)
                return;
            Watch(world, random.OneOf(users), n % 3, string.Create(CultureInfo.InvariantCulture, $"late {n}"));
        }
    }

    private static async Task WriteAsync(CrashWorld world, CrashClient client, IReadOnlyList<UserId> users, CancellationToken stop, CancellationToken cancellationToken)
    {
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            var random = client.RandomOf(number);
            var user = random.OneOf(users);
            var name = string.Create(CultureInfo.InvariantCulture, $"{client.Name}-{number}");
            var content = $"crash {world.Run} {name}";
            var request = MessagesScenario.MessageOf(user, content, world.Key(name));
            var (operation, answer) = await client.SendUntilKnownAsync($"{user}", "message", content, request, MessagesScenario.Answer, stop, cancellationToken);
            if (operation.Outcome.Kind == OutcomeKind.Refused)
                await client.PauseAsync(answer, stop, cancellationToken);
        }
    }
}
