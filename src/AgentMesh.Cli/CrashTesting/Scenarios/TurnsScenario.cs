using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using AgentMesh.Cli.CrashTesting.Driving;
using AgentMesh.Cli.Meshes;
using AgentMesh.CrashKit.Checking;
using AgentMesh.CrashKit.Histories;
using AgentMesh.CrashKit.Verdicts;
using AgentMesh.Primitives;

namespace AgentMesh.Cli.CrashTesting.Scenarios;

/// <summary>
/// Clients begin turns of a model, which take their time, and wait for them or not; some are canceled. Each that was accepted has to end, once, wherever the
/// processes that work on it are killed.
/// </summary>
internal sealed class TurnsScenario : IScenario
{
    private const int Clients = 8;
    private const int Agents = 4;
    private const int PollSeconds = 2;

    private readonly ConcurrentQueue<(CrashClient Client, UserId User, GatewayRequest Request, string Content)> _open = new();
    private EchoModel? _model;

    /// <inheritdoc/>
    public string Name => "turns";

    /// <inheritdoc/>
    public string Promise => "Each turn that was accepted ends, with one message and one end in the log, and its answer is the one to its message.";

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Roles { get; } = ["agents", "gateway", "sidecar", "store", "network"];

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> PrepareAsync(CrashOptions options, CancellationToken cancellationToken)
    {
        // A mesh that runs has the model that it has.
        if (options.Own is null)
            return Task.FromResult<IReadOnlyList<string>>([]);
        if (options.ModelUrl is null)
            _model = EchoModel.Start(TimeProvider.System);
        return Task.FromResult<IReadOnlyList<string>>(
        [
            "AgentMesh__Responder__Provider=openai", $"AgentMesh__Responder__Endpoint={_model?.Endpoint ?? options.ModelUrl}", $"AgentMesh__Responder__Model={options.Model ?? EchoModel.Name}",
            "AgentMesh__Responder__ApiKeySecret=none", "AgentMesh__Responder__Tools=none",
            // A run whose process is dead is found soon, and each may die as often as there are kills.
            "AgentMesh__Turns__LeaseSeconds=2", "AgentMesh__Turns__WorkIntervalSeconds=1", "AgentMesh__Turns__MaxAttempts=1000",
        ]);
    }

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
            var (operation, _) = await Settling.UntilKnownAsync(world, limit => client.SendUntilKnownAsync($"{user}", "turn", content, request, Answer, limit, cancellationToken));
            if (!Settling.IsSettled(operation))
                violations.Add(new Violation(ViolationKind.Wrong, $"{user}", "A turn with a key is not accepted when nothing is broken any more.", Settling.Evidence(world, operation)));
        }

        var (reader, count) = (world.Client("reader"), 0);
        var operations = world.History.Operations;
        foreach (var user in world.UsersOf(Agents))
        {
            Operation[] own = [.. operations.Where(operation => operation.Agent == $"{user}" && operation.Action == "turn")];
            List<EndedTurn> turns = [];
            foreach (var accepted in own.Where(operation => operation.Outcome.Kind == OutcomeKind.Acknowledged).DistinctBy(operation => operation.Content))
                turns.Add(await EndOfAsync(world, reader, user, accepted, cancellationToken));
            count += turns.Count;
            var log = await EventReading.AllAsync(world, reader, user, cancellationToken);
            violations.AddRange(TurnChecks.All($"{user}", turns, log, content => _model is null ? null : EchoModel.AnswerTo(content)));
            violations.AddRange(StreamChecks.Log($"{user}", log));
            // The same turns are messages, of which those whose answer was not waited for have none to compare.
            violations.AddRange(MessageChecker.Check($"{user}", own, [], await Settling.ReadAsync(world, reader, user, cancellationToken)));
        }

        return new Findings(count, violations);
    }

    public ValueTask DisposeAsync() => _model?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task WorkAsync(CrashWorld world, CrashClient client, IReadOnlyList<UserId> users, CancellationToken stop, CancellationToken cancellationToken)
    {
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            var random = client.RandomOf(number);
            var (user, isKeyed, isWaited, isCanceled) = (random.OneOf(users), random.Percent(80), random.Percent(30), random.Percent(8));
            var name = string.Create(CultureInfo.InvariantCulture, $"{client.Name}-{number}");
            var content = $"crash {world.Run} {name}{string.Concat(Enumerable.Repeat(" and more", random.Next(8)))}";
            var request = MessagesScenario.MessageOf(user, content, isKeyed ? world.Key(name) : null) with { Prefer = isWaited ? null : "respond-async" };
            var (operation, answer) = isKeyed
                ? await client.SendUntilKnownAsync($"{user}", "turn", content, request, Answer, stop, cancellationToken)
                : await client.SendAsync($"{user}", "turn", content, request, Answer, cancellationToken);
            if (operation.Outcome.Kind == OutcomeKind.Unknown && isKeyed)
                _open.Enqueue((client, user, request, content));
            if (operation.Outcome.Kind != OutcomeKind.Acknowledged)
            {
                await client.PauseAsync(answer, stop, cancellationToken);
                continue;
            }

            var turn = operation.Answer["turnId"];
            if (isCanceled)
                await client.AnswerAsync(new GatewayRequest(HttpMethod.Post, $"turns/{turn}/cancel", user), cancellationToken);
            // One after the other, so that a kill finds a turn that runs, and not a queue.
            while (!stop.IsCancellationRequested && !(await StateOfAsync(client, user, turn, operation, cancellationToken)).IsOver)
                await client.AnswerAsync(EventReading.PollOf(user, long.Parse(turn, CultureInfo.InvariantCulture), PollSeconds), cancellationToken);
        }
    }

    private static async Task<EndedTurn> EndOfAsync(CrashWorld world, CrashClient reader, UserId user, Operation accepted, CancellationToken cancellationToken) =>
        await Settling.UntilKnownAsync(world, async limit =>
        {
            while (true)
            {
                var state = await StateOfAsync(reader, user, accepted.Answer["turnId"], accepted, cancellationToken);
                if (state.IsOver || limit.IsCancellationRequested)
                    return state;
                await reader.PauseAsync(GatewayAnswer.None(new IOException()), limit, cancellationToken);
            }
        });

    private static async Task<EndedTurn> StateOfAsync(CrashClient client, UserId user, string turn, Operation accepted, CancellationToken cancellationToken)
    {
        var answer = await client.AnswerAsync(new GatewayRequest(HttpMethod.Get, $"turns/{turn}", user), cancellationToken);
        if (!answer.IsSuccess)
            return new EndedTurn(accepted, turn, "", null);
        var found = JsonElement.Parse(answer.Body);
        return new EndedTurn(
            accepted, turn, found.GetProperty("status").GetString()!,
            found.TryGetProperty("answer", out var given) && given.ValueKind == JsonValueKind.Object ? given.GetProperty("response").GetString() : null);
    }

    // Of a turn that was only accepted the id alone: repeats may have the answer too, and are not to be compared by it.
    private static IReadOnlyDictionary<string, string> Answer(JsonElement answer) => new Dictionary<string, string> { ["turnId"] = answer.GetProperty("turnId").GetString()! };
}
