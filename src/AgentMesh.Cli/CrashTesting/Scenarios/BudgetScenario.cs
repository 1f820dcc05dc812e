using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text.Json;
using AgentMesh.Cli.CrashTesting.Breaking;
using AgentMesh.Cli.CrashTesting.Driving;
using AgentMesh.Cli.Meshes;
using AgentMesh.CrashKit.Checking;
using AgentMesh.CrashKit.Histories;
using AgentMesh.CrashKit.Seeds;
using AgentMesh.CrashKit.Verdicts;
using AgentMesh.Evm;
using AgentMesh.Primitives;

namespace AgentMesh.Cli.CrashTesting.Scenarios;

/// <summary>Several clients have one agent buy at once, of more than it may: one agent after the other. None spends more, nothing is paid twice, and all its books agree.</summary>
internal sealed class BudgetScenario : IScenario
{
    private const int AgentsAtOnce = 3;
    private const int ClientsOfAnAgent = 4;
    private const int LeastPurchases = 2;
    private const int MostPurchases = 3;
    private const int LeastOfLimit = 2;
    private const int MostOfLimit = 5;

    /// <summary>
    /// Whose agents have a limit that they do not reach: what would be bought twice is not stopped by it. The others' do, so that the shortest run has both.
    /// </summary>
    private const int WidePlace = AgentsAtOnce;

    private const int WideLimit = 40;
    private const int TriesUnderLoad = 3;

    /// <summary>Things that a client does with one agent, at most: so many numbers of its own each agent has.</summary>
    private const int ThingsOfAnAgent = 16;
    private const string Buy = "pay";
    private const string Free = "free";

    /// <summary>A purchase whose process died is gone on with after a minute.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(120);

    private static readonly TimeSpan FundsLongest = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentQueue<Spender> _spenders = new();
    private ChaosProxy? _door;
    private CrashWorld? _world;
    private UserId _seller;

    /// <inheritdoc/>
    public string Name => "budget";

    /// <inheritdoc/>
    public string Promise => "No agent spends more than it may, and what it has bought is paid once.";

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Roles { get; } = ["agents", "gateway", "payments", "facilitator", "sidecar", "store", "network"];

    /// <inheritdoc/>
    public IReadOnlyList<ChaosProxy> Doors => _door is { } door ? [door] : [];

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> PrepareAsync(CrashOptions options, CancellationToken cancellationToken)
    {
        // The seller is always at one address, behind which gateways come and go with their ports: what was bought there is asked for there again.
        _door = new ChaosProxy(() => _world?.Mesh.Gateways ?? [], new SeededRandom(options.Seed), TimeProvider.System);
        return Task.FromResult<IReadOnlyList<string>>(
            [.. Money.Settings, "AgentMesh__Wallets__StartingUsdc=10", $"AgentMesh__Outgoing__Allow={_door.EndPoint}"]);
    }

    /// <inheritdoc/>
    public async Task LoadAsync(CrashWorld world, CancellationToken stop, CancellationToken cancellationToken)
    {
        (_world, _seller) = (world, world.User("seller"));
        var first = world.Client("seller");
        await first.SendUntilKnownAsync(_seller.ToString(), "message", "begin", Begin(world, _seller), null, stop, cancellationToken);
        await Task.WhenAll(Enumerable.Range(1, AgentsAtOnce).Select(place => SpendAsync(world, place, stop, cancellationToken)));
    }

    /// <inheritdoc/>
    public async Task<Findings> CheckAsync(CrashWorld world, CancellationToken cancellationToken)
    {
        var reader = world.Client("reader");
        await AskAgainAsync(world, cancellationToken);
        var purchases = Intent.Of(world.History.Operations.Where(operation => operation.Action == Buy).Select(Known)).ToLookup(intent => intent.Tries[0].Agent);
        return await Patience.LookAsync(
            async token =>
            {
                List<Violation> violations = [];
                foreach (var spender in _spenders)
                {
                    // In this order: what is read later can only have more.
                    var left = spender.Begun - await Money.BalanceAsync(world, spender.Wallet, token);
                    var budget = await Money.BudgetAsync(world, reader, spender.User, token);
                    if (left is null || budget is null || await Money.PaymentsAsync(reader, spender.User, "out", token) is not { } payments)
                        return null;
                    violations.AddRange(SpendingChecker.Check(
                        spender.Name, [.. purchases[spender.Name]], Money.Price, spender.Readings, budget, [.. payments.Select(payment => payment.Payment)], left));
                }

                return new Findings(purchases.Sum(agent => agent.Count()), violations);
            },
            Longest, world.Parts, cancellationToken);
    }

    public ValueTask DisposeAsync() => _door?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task SpendAsync(CrashWorld world, int place, CancellationToken stop, CancellationToken cancellationToken)
    {
        CrashClient[] clients = [.. Enumerable.Range(1, ClientsOfAnAgent).Select(n => world.Client(string.Create(CultureInfo.InvariantCulture, $"buyer-{place}-{n}")))];
        for (var n = 1; !stop.IsCancellationRequested; n++)
        {
            if (await BeginAsync(world, clients[0], place, n, stop, cancellationToken) is not { } spender)
                continue;
            _spenders.Enqueue(spender);
            await Task.WhenAll(clients.Select(client => BuyAsync(world, client, spender, n * ThingsOfAnAgent, stop, cancellationToken)));
        }
    }

    /// <summary>A new agent with its money and its limit; null: something of it could not be had, or the load is over.</summary>
    private static async Task<Spender?> BeginAsync(CrashWorld world, CrashClient client, int place, int number, CancellationToken stop, CancellationToken cancellationToken)
    {
        var user = world.User(string.Create(CultureInfo.InvariantCulture, $"{place}-{number}"));
        await client.SendUntilKnownAsync(user.ToString(), "message", "begin", Begin(world, user), null, stop, cancellationToken);
        var purchases = place == WidePlace ? WideLimit : client.RandomOf(number * ThingsOfAnAgent).Between(LeastOfLimit, MostOfLimit);
        var limit = Money.Price * purchases + Money.Price / 2;
        var order = new System.Text.Json.Nodes.JsonArray(new System.Text.Json.Nodes.JsonObject
        {
            ["scope"] = "agent",
            ["asset"] = Money.Asset,
            ["window"] = "once",
            ["limit"] = limit.ToString(CultureInfo.InvariantCulture),
        });
        var begun = world.Parts.TimeProvider.GetTimestamp();
        while (!stop.IsCancellationRequested && world.Parts.TimeProvider.GetElapsedTime(begun) < FundsLongest)
        {
            if (await Money.WalletAsync(client, user, cancellationToken) is { } wallet
                && await Money.BalanceAsync(world, wallet, cancellationToken) is { IsZero: false } has
                && (await client.AnswerAsync(new GatewayRequest(HttpMethod.Put, "budget", user) { Body = RequestBody.Of(("limits", order.DeepClone())) }, cancellationToken)).IsSuccess)
            {
                return new Spender(user, wallet, has);
            }

            await Task.Delay(Look, world.Parts.TimeProvider, cancellationToken);
        }

        return null;
    }

    private async Task BuyAsync(CrashWorld world, CrashClient client, Spender spender, int thing, CancellationToken stop, CancellationToken cancellationToken)
    {
        var purchases = client.RandomOf(thing).Between(LeastPurchases, MostPurchases);
        for (var n = 1; n <= purchases && !stop.IsCancellationRequested; n++)
        {
            var content = string.Create(CultureInfo.InvariantCulture, $"{spender.Name}-{client.Name}-{n}");
            var random = client.RandomOf(thing + n);
            for (var tries = 1; tries <= TriesUnderLoad && !stop.IsCancellationRequested; tries++)
            {
                var (operation, answer) = await client.SendAsync(spender.Name, Buy, content, Order(world, spender.User, content), Read, cancellationToken);
                // Whoever has an answer asks again now and then, as one does whose answer was lost on its side.
                if (operation.Outcome.Kind != OutcomeKind.Unknown && !random.Percent(15))
                    break;
                await client.PauseAsync(answer, stop, cancellationToken);
            }

            if (await Money.BudgetAsync(world, client, spender.User, cancellationToken) is { } reading)
                spender.Readings.Enqueue(reading);
        }
    }

    /// <summary>Whoever does not know what became of a purchase asks by its key.</summary>
    private async Task AskAgainAsync(CrashWorld world, CancellationToken cancellationToken)
    {
        var begun = world.Parts.TimeProvider.GetTimestamp();
        var left = Intent.Of(world.History.Operations.Where(operation => operation.Action == Buy).Select(Known)).Where(intent => intent is { DoneBy: null, Most: 1 });
        await Task.WhenAll(left.GroupBy(intent => (intent.Tries[0].Agent, intent.Tries[0].Client)).Select(async mine =>
        {
            var client = world.Client(mine.Key.Client);
            var user = _spenders.First(spender => spender.Name == mine.Key.Agent).User;
            foreach (var content in mine.Select(intent => intent.Content))
            {
                while (world.Parts.TimeProvider.GetElapsedTime(begun) < Longest)
                {
                    var (operation, answer) = await client.SendAsync(mine.Key.Agent, Buy, content, Order(world, user, content), Read, cancellationToken);
                    if (Known(operation).Outcome.Kind != OutcomeKind.Unknown || answer.Status is not (null or HttpStatusCode.ServiceUnavailable))
                        break;
                    await client.PauseAsync(answer, CancellationToken.None, cancellationToken);
                }
            }
        }));
    }

    private static GatewayRequest Begin(CrashWorld world, UserId user) =>
        new(HttpMethod.Post, "message", user) { Body = RequestBody.Of(("content", "begin")), IdempotencyKey = world.Key($"begin-{user}") };

    private GatewayRequest Order(CrashWorld world, UserId user, string content) => new(HttpMethod.Post, "pay", user)
    {
        Body = RequestBody.Of(
            ("url", $"http://{_door!.EndPoint}/agent/{_seller}/premium/analysis"), ("body", $$"""{"query":"{{content}}"}"""),
            ("maxAmount", Money.Price.ToString(CultureInfo.InvariantCulture))),
        IdempotencyKey = world.Key(content),
    };

    private static IReadOnlyDictionary<string, string> Read(JsonElement answer) => new Dictionary<string, string>
    {
        ["status"] = answer.GetProperty("status").GetInt32().ToString(CultureInfo.InvariantCulture),
        ["payment"] = answer.GetProperty("payment") is { ValueKind: JsonValueKind.Object } payment ? payment.GetProperty("id").GetString()! : Free,
        ["body"] = answer.GetProperty("body").GetString() ?? "",
    };

    // A seller that was away answered without being paid; and a purchase that has failed is answered as a server that has, though it is known that nothing was paid.
    private static Operation Known(Operation operation) => operation switch
    {
        { Outcome.Kind: OutcomeKind.Acknowledged } when operation.Answer.GetValueOrDefault("payment") == Free =>
            operation with { Outcome = Outcome.Refused($"answered_{operation.Answer["status"]}"), Answer = new Dictionary<string, string>() },
        { Outcome: { Kind: OutcomeKind.Unknown, Code: { } code } } when code.StartsWith("url_", StringComparison.Ordinal) => operation with { Outcome = Outcome.Refused(code) },
        _ => operation,
    };

    private sealed record Spender(UserId User, EvmAddress Wallet, BigInteger Begun)
    {
        public string Name => User.ToString();

        public ConcurrentQueue<BudgetReading> Readings { get; } = new();
    }
}
