using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using AgentMesh.Cli.Chatting;
using AgentMesh.Cli.CrashTesting.Driving;
using AgentMesh.Cli.Meshes;
using AgentMesh.CrashKit.Checking;
using AgentMesh.CrashKit.Histories;
using AgentMesh.CrashKit.Verdicts;
using AgentMesh.Primitives;

namespace AgentMesh.Cli.CrashTesting.Scenarios;

/// <summary>
/// Clients post messages, with a key and without, of any length, repeat what was answered already, and read histories meanwhile. What has a key is sent until its
/// outcome is known; what has none is given up.
/// </summary>
internal sealed class MessagesScenario : IScenario
{
    private const int Clients = 8;
    private const int Agents = 5;

    /// <summary>Each agent is read so often meanwhile, and each reads all of its history: the first messages are read as often as they can be, the last ones once.</summary>
    private const int MaxReads = 200;

    // A page of a history closes at 16 KiB, so pages of few and of many messages turn.
    private const int LongText = 6_000;

    private readonly ConcurrentQueue<(CrashClient Client, UserId User, GatewayRequest Request, string Content)> _open = new();
    private int _reads;

    /// <inheritdoc/>
    public string Name => "messages";

    /// <inheritdoc/>
    public string Promise => "Each acknowledged message is in the history once and in order, an unknown one at most once, repeats by a key agree, and no read goes back.";

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Roles { get; } = ["agents", "gateway", "sidecar", "store", "network"];

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> PrepareAsync(CrashOptions options, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <inheritdoc/>
    public Task LoadAsync(CrashWorld world, CancellationToken stop, CancellationToken cancellationToken)
    {
        var users = world.UsersOf(Agents);
        return Task.WhenAll(world.Clients(Clients).Select(client => WorkAsync(world, client, users, stop, cancellationToken)));
    }

    /// <inheritdoc/>
    public async Task<Findings> CheckAsync(CrashWorld world, CancellationToken cancellationToken)
    {
        List<Violation> violations = [];
        foreach (var (client, user, request, content) in _open)
        {
            var (operation, _) = await Settling.UntilKnownAsync(world, limit => client.SendUntilKnownAsync($"{user}", "message", content, request, Answer, limit, cancellationToken));
            if (!Settling.IsSettled(operation))
                violations.Add(new Violation(ViolationKind.Wrong, $"{user}", "A message with a key is not taken when nothing is broken any more.", Settling.Evidence(world, operation)));
        }

        var reader = world.Client("reader");
        var (operations, readings) = (world.History.Operations, world.History.Readings);
        var agentOf = operations.Select(operation => (operation.Content, operation.Agent)).Distinct().ToDictionary(pair => pair.Content, pair => pair.Agent, StringComparer.Ordinal);
        foreach (var user in world.UsersOf(Agents))
        {
            var agent = $"{user}";
            var last = await Settling.ReadAsync(world, reader, user, cancellationToken);
            violations.AddRange(MessageChecker.Check(agent, operations.Where(operation => operation.Agent == agent), readings.Where(reading => reading.Agent == agent), last));
            violations.AddRange(last.Messages.Where(message => agentOf.GetValueOrDefault(message.Content, agent) != agent)
                .Select(message => new Violation(ViolationKind.Leaked, agent, "A message of another agent is in the history.", [$"{message}", $"sent to {agentOf[message.Content]}"])));
        }

        return new Findings(agentOf.Count + readings.Count, violations);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>What the answer to a message says.</summary>
    internal static IReadOnlyDictionary<string, string> Answer(JsonElement answer) => new Dictionary<string, string>
    {
        ["seq"] = answer.GetProperty("seq").GetInt64().ToString(CultureInfo.InvariantCulture),
        ["turnId"] = answer.GetProperty("turnId").GetString()!,
        ["response"] = answer.GetProperty("response").GetString()!,
    };

    private async Task WorkAsync(CrashWorld world, CrashClient client, IReadOnlyList<UserId> users, CancellationToken stop, CancellationToken cancellationToken)
    {
        List<(UserId User, GatewayRequest Request, string Content)> answered = [];
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            var random = client.RandomOf(number);
            var user = random.OneOf(users);
            if (random.Percent(2) && Interlocked.Increment(ref _reads) <= MaxReads)
            {
                await client.ReadAsync($"{user}", user, random.OneOf([7, 100, 1000]), cancellationToken);
                continue;
            }

            if (answered.Count > 0 && random.Percent(8))
            {
                var (whose, again, text) = random.OneOf(answered);
                await client.SendUntilKnownAsync($"{whose}", "message", text, again, Answer, stop, cancellationToken);
                continue;
            }

            var (isKeyed, name) = (random.Percent(70), string.Create(CultureInfo.InvariantCulture, $"{client.Name}-{number}"));
            var content = $"crash {world.Run} {name}{(random.Percent(10) ? new string('.', random.Next(LongText)) : "")}";
            var request = MessageOf(user, content, isKeyed ? world.Key(name) : null);
            if (!isKeyed)
            {
                var (once, answer) = await client.SendAsync($"{user}", "message", content, request, Answer, cancellationToken);
                if (once.Outcome.Kind != OutcomeKind.Acknowledged)
                    await client.PauseAsync(answer, stop, cancellationToken);
                continue;
            }

            var (operation, sent) = await client.SendUntilKnownAsync($"{user}", "message", content, request, Answer, stop, cancellationToken);
            if (operation.Outcome.Kind == OutcomeKind.Acknowledged)
                answered.Add((user, request, content));
            else if (operation.Outcome.Kind == OutcomeKind.Unknown)
                _open.Enqueue((client, user, request, content));
            else
                await client.PauseAsync(sent, stop, cancellationToken);
        }
    }

    /// <summary>A message, with its key or without.</summary>
    internal static GatewayRequest MessageOf(UserId user, string content, string? key) => new(HttpMethod.Post, "message", user)
    {
        Body = JsonSerializer.SerializeToUtf8Bytes(new MessageOrder(content, null), CliJson.Wire.MessageOrder),
        IdempotencyKey = key,
    };
}
