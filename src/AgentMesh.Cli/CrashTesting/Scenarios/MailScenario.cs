using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using AgentMesh.Cli.CrashTesting.Driving;
using AgentMesh.Cli.Meshes;
using AgentMesh.CrashKit.Checking;
using AgentMesh.CrashKit.Histories;
using AgentMesh.Primitives;

namespace AgentMesh.Cli.CrashTesting.Scenarios;

/// <summary>Agents send each other messages. All that were accepted have come in the end, once, and for each pair in the order of their sending.</summary>
internal sealed class MailScenario : IScenario
{
    private const int Senders = 8;
    private const int AgentsAtOnce = 4;

    /// <summary>An inbox takes 1,024 that nobody has dealt with: agents are followed by new ones before that.</summary>
    private const int MessagesOfAgents = 2_000;

    private const int LeastPauseMs = 2;
    private const int MostPauseMs = 40;
    private const int MaxPages = 100;
    private const string Send = "send";

    /// <summary>How long mail may still come: a line that could not be brought is tried again after longer and longer.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan AskLongest = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, string> _receivers = new(StringComparer.Ordinal);
    private int _sent;

    /// <inheritdoc/>
    public string Name => "mail";

    /// <inheritdoc/>
    public string Promise => "What an agent has accepted to send has come once, in the order of each pair.";

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Roles { get; } = ["agents", "gateway", "sidecar", "store", "network"];

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> PrepareAsync(CrashOptions options, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>(
        ["AgentMesh__Mail__RatePermits=0", "AgentMesh__Mail__LeaseSeconds=2", "AgentMesh__Turns__WorkIntervalSeconds=1"]);

    /// <inheritdoc/>
    public Task LoadAsync(CrashWorld world, CancellationToken stop, CancellationToken cancellationToken) =>
        Task.WhenAll(world.Clients(Senders).Select(client => SendAsync(world, client, stop, cancellationToken)));

    /// <inheritdoc/>
    public async Task<Findings> CheckAsync(CrashWorld world, CancellationToken cancellationToken)
    {
        await AskAgainAsync(world, cancellationToken);
        var sent = Sent(world).ToArray();
        var reader = world.Client("reader");
        return await Patience.LookAsync(
            async token =>
            {
                var users = world.Users;
                // Before the inboxes: what is in no outbox as pending any more has come, or never will.
                var isUnderWay = false;
                foreach (var user in users)
                {
                    if (await PagesAsync(reader, user, "outbox", mail => mail.GetProperty("state").GetString(), token) is not { } states)
                        return null;
                    isUnderWay |= states.Contains("pending");
                }

                var inboxes = new Dictionary<string, IReadOnlyList<ReceivedMail>>(StringComparer.Ordinal);
                foreach (var user in users)
                {
                    if (await PagesAsync(reader, user, "inbox", Read, token) is not { } inbox)
                        return null;
                    inboxes[user.ToString()] = inbox;
                }

                return new Findings(sent.Length, MailChecker.Check(sent, operation => _receivers[operation.Content], inboxes), IsFinal: !isUnderWay);
            },
            Longest, world.Parts, cancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static IEnumerable<Operation> Sent(CrashWorld world) => world.History.Operations.Where(operation => operation.Action == Send);

    private async Task SendAsync(CrashWorld world, CrashClient client, CancellationToken stop, CancellationToken cancellationToken)
    {
        for (var n = 1; !stop.IsCancellationRequested; n++)
        {
            var generation = Interlocked.Increment(ref _sent) / MessagesOfAgents;
            UserId[] agents = [.. Enumerable.Range(1, AgentsAtOnce).Select(at => UserOf(world, generation, at))];
            var random = client.RandomOf(n);
            var from = random.Next(agents.Length);
            var to = agents[(from + 1 + random.Next(agents.Length - 1)) % agents.Length];
            var content = string.Create(CultureInfo.InvariantCulture, $"{world.Run} {client.Name} {n}");
            _receivers[content] = to.ToString();
            var request = RequestOf(agents[from], to, content, random.Percent(80) ? world.Key($"{client.Name}-{n}") : null);
            var sent = await client.SendAsync(agents[from].ToString(), Send, content, request, ReadId, cancellationToken);
            if (sent.Operation.Outcome.Kind == OutcomeKind.Unknown)
                await client.PauseAsync(sent.Answer, stop, cancellationToken);
            // As a client does whose answer was lost on its side; and what is not known is asked for again now, or in the end.
            if (request.IdempotencyKey is not null && random.Percent(sent.Operation.Outcome.Kind == OutcomeKind.Unknown ? 70 : 10))
                await client.SendAsync(agents[from].ToString(), Send, content, request, ReadId, cancellationToken);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Between(LeastPauseMs, MostPauseMs)), world.Parts.TimeProvider, cancellationToken);
        }
    }

    private static UserId UserOf(CrashWorld world, int generation, int at) => world.User(string.Create(CultureInfo.InvariantCulture, $"{generation}-{at}"));

    private static GatewayRequest RequestOf(UserId from, UserId to, string content, string? key) =>
        new(HttpMethod.Post, "send", from) { Body = RequestBody.Of(("to", to.ToString()), ("content", content)), IdempotencyKey = key };

    private static IReadOnlyDictionary<string, string> ReadId(JsonElement answer) =>
        new Dictionary<string, string> { ["messageId"] = answer.GetProperty("messageId").GetString()! };

    private async Task AskAgainAsync(CrashWorld world, CancellationToken cancellationToken)
    {
        using var stop = new CancellationTokenSource(AskLongest, world.Parts.TimeProvider);
        await Task.WhenAll(Intent.Of(Sent(world)).Where(intent => intent is { DoneBy: null, Most: 1 } && intent.Tries[0].Key is not null).GroupBy(intent => intent.Tries[0].Client).Select(async left =>
        {
            var client = world.Client(left.Key);
            foreach (var first in left.Select(intent => intent.Tries[0]))
            {
                var request = RequestOf(UserId.Parse(first.Agent), UserId.Parse(_receivers[first.Content]), first.Content, first.Key);
                await client.SendUntilKnownAsync(first.Agent, Send, first.Content, request, ReadId, stop.Token, cancellationToken);
            }
        }));
    }

    private static ReceivedMail Read(JsonElement mail) => new(
        mail.GetProperty("n").GetInt64(), UserOf(mail.GetProperty("from").GetString()!), mail.GetProperty("id").GetString()!, mail.GetProperty("content").GetString()!);

    /// <summary>All of an inbox or an outbox; null: a page did not come.</summary>
    private static async Task<IReadOnlyList<T>?> PagesAsync<T>(CrashClient reader, UserId user, string box, Func<JsonElement, T> read, CancellationToken cancellationToken)
    {
        List<T> messages = [];
        string? before = null;
        for (var pages = 0; pages < MaxPages; pages++)
        {
            var answer = await reader.AnswerAsync(new GatewayRequest(HttpMethod.Get, box, user) { Query = [("limit", "100"), ("before", before)] }, cancellationToken);
            if (!answer.IsSuccess)
                return null;
            var page = JsonElement.Parse(answer.Body);
            messages.AddRange(page.GetProperty("messages").EnumerateArray().Select(read));
            if (page.GetProperty("nextBefore") is not { ValueKind: JsonValueKind.Number } next)
                break;
            before = next.GetInt64().ToString(CultureInfo.InvariantCulture);
        }

        return messages;
    }

    // All are of one tenant.
    private static string UserOf(string agent) => agent[(agent.IndexOf(':', StringComparison.Ordinal) + 1)..];
}
