using System.Collections.Concurrent;
using System.Globalization;
using AgentMesh.Cli.Meshes;
using AgentMesh.CrashKit.Checking;
using AgentMesh.CrashKit.Histories;
using AgentMesh.CrashKit.Verdicts;
using AgentMesh.Primitives;
using AgentMesh.X402.Exact.Evm.Client;

namespace AgentMesh.Cli.CrashTesting.Scenarios;

/// <summary>Buyers from outside pay agents over x402. Who was served was charged once, who was refused was not, and what is not known is found out or stays unknown.</summary>
internal sealed class PaymentsScenario : IScenario
{
    /// <summary>What the history calls it.</summary>
    public const string Buy = "buy";

    private const int Buyers = 6;
    private const int Sellers = 2;

    /// <summary>With a new account it goes on: one that has hundreds of payments says less of each.</summary>
    private const int PaymentsOfAnAccount = 20;

    private const int TriesUnderLoad = 3;
    private const int LeastPauseMs = 50;
    private const int MostPauseMs = 500;

    private static readonly TimeSpan AskLongest = TimeSpan.FromSeconds(60);

    /// <summary>An order to settle that had no answer is looked for again and again.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(90);

    private readonly ConcurrentQueue<Buyer> _buyers = new();
    private UserId[] _sellers = [];

    /// <inheritdoc/>
    public string Name => "payments";

    /// <inheritdoc/>
    public string Promise => "Who was served was charged once, who was refused was not charged.";

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Roles { get; } = ["agents", "gateway", "payments", "facilitator", "sidecar", "store", "network"];

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> PrepareAsync(CrashOptions options, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>(
        [.. Money.Settings, "AgentMesh__Wallets__StartingUsdc=0"]);

    /// <inheritdoc/>
    public async Task LoadAsync(CrashWorld world, CancellationToken stop, CancellationToken cancellationToken)
    {
        _sellers = [.. Enumerable.Range(1, Sellers).Select(n => world.User(string.Create(CultureInfo.InvariantCulture, $"seller-{n}")))];
        var owner = world.Client("owner");
        foreach (var seller in _sellers)
        {
            var hello = new GatewayRequest(HttpMethod.Post, "message", seller) { Body = RequestBody.Of(("content", "begin")), IdempotencyKey = world.Key($"begin-{seller}") };
            await owner.SendUntilKnownAsync(seller.ToString(), "message", "begin", hello, null, stop, cancellationToken);
        }

        await Task.WhenAll(Enumerable.Range(1, Buyers).Select(place => BuyAsync(world, place, stop, cancellationToken)));
    }

    /// <inheritdoc/>
    public async Task<Findings> CheckAsync(CrashWorld world, CancellationToken cancellationToken)
    {
        await AskAgainAsync(world, cancellationToken);
        var owner = world.Client("reader");
        var bought = Intent.Of(world.History.Operations.Where(operation => operation.Action == Buy)).ToLookup(intent => intent.Tries[0].Agent);
        return await Patience.LookAsync(
            async token =>
            {
                List<(string Payer, PaymentReading Payment)> sold = [];
                List<Violation> violations = [];
                foreach (var buyer in _buyers)
                {
                    // Before the lists: a payment that is charged meanwhile is in them.
                    if (await Money.BalanceAsync(world, buyer.Address, token) is not { } has)
                        return null;
                    buyer.Charged = buyer.Given - has;
                }

                foreach (var seller in _sellers)
                {
                    if (await Money.PaymentsAsync(owner, seller, "in", token) is not { } listed)
                        return null;
                    sold.AddRange(listed);
                }

                foreach (var buyer in _buyers)
                {
                    PaymentReading[] mine = [.. sold.Where(sale => sale.Payer.Equals(buyer.Address.ToString(), StringComparison.OrdinalIgnoreCase)).Select(sale => sale.Payment)];
                    violations.AddRange(ChargeChecker.Check(buyer.Name, [.. bought[buyer.Name]], Money.Price, buyer.Charged, mine));
                }

                return new Findings(bought.Sum(buyer => buyer.Count()), violations);
            },
            Longest, world.Parts, cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        foreach (var buyer in _buyers)
            buyer.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task BuyAsync(CrashWorld world, int place, CancellationToken stop, CancellationToken cancellationToken)
    {
        for (var account = 1; !stop.IsCancellationRequested; account++)
        {
            var buyer = new Buyer(world, string.Create(CultureInfo.InvariantCulture, $"buyer-{place}-{account}"));
            _buyers.Enqueue(buyer);
            while (buyer.Given.IsZero && !stop.IsCancellationRequested)
                await buyer.FundAsync(PaymentsOfAnAccount, cancellationToken);
            for (var n = 1; n <= PaymentsOfAnAccount && !stop.IsCancellationRequested; n++)
            {
                var (seller, query) = (buyer.Random.OneOf(_sellers), string.Create(CultureInfo.InvariantCulture, $"{world.Run} {buyer.Name} {n}"));
                if (await buyer.SignAsync(seller, query, cancellationToken) is { } payment)
                    await PayAsync(world, buyer, seller, query, payment, stop, cancellationToken);
                else
                    await PauseAsync(world, buyer, null, cancellationToken);
            }
        }
    }

    private static async Task PayAsync(CrashWorld world, Buyer buyer, UserId seller, string query, SignedPayment payment, CancellationToken stop, CancellationToken cancellationToken)
    {
        for (var tries = 1; tries <= TriesUnderLoad; tries++)
        {
            // Now and then twice at once, as a client does that has lost patience.
            var copies = buyer.Random.Percent(10) ? 2 : 1;
            var sent = await Task.WhenAll(Enumerable.Range(0, copies).Select(_ => buyer.PayAsync(seller, query, payment, cancellationToken)));
            if (stop.IsCancellationRequested || sent[0].Outcome.Kind != OutcomeKind.Unknown && !buyer.Random.Percent(15))
                return;
            await PauseAsync(world, buyer, sent[0].RetryAfter, cancellationToken);
        }
    }

    private async Task AskAgainAsync(CrashWorld world, CancellationToken cancellationToken)
    {
        var begun = world.Parts.TimeProvider.GetTimestamp();
        var open = Intent.Of(world.History.Operations.Where(operation => operation.Action == Buy)).Where(intent => intent is { DoneBy: null, Most: 1 }).Select(intent => intent.Tries[0].Key).ToHashSet();
        await Task.WhenAll(_buyers.Select(async buyer =>
        {
            foreach (var (seller, query, payment) in buyer.Sent.Where(sent => open.Contains(sent.Payment.Id.ToString())))
            {
                while (world.Parts.TimeProvider.GetElapsedTime(begun) < AskLongest
                    && await buyer.PayAsync(seller, query, payment, cancellationToken) is { Outcome.Kind: OutcomeKind.Unknown, RetryAfter: var pause })
                {
                    await PauseAsync(world, buyer, pause, cancellationToken);
                }
            }
        }));
    }

    private static Task PauseAsync(CrashWorld world, Buyer buyer, TimeSpan? wanted, CancellationToken cancellationToken) =>
        Task.Delay(wanted ?? TimeSpan.FromMilliseconds(buyer.Random.Between(LeastPauseMs, MostPauseMs)), world.Parts.TimeProvider, cancellationToken);
}
