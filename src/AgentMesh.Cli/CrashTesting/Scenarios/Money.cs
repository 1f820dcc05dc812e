using System.Globalization;
using System.Numerics;
using System.Text.Json;
using AgentMesh.Cli.CrashTesting.Driving;
using AgentMesh.Cli.CrashTesting.Running;
using AgentMesh.Cli.Funding;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;
using AgentMesh.CrashKit.Checking;
using AgentMesh.Evm;
using AgentMesh.Primitives;
using AgentMesh.X402.Networks;

namespace AgentMesh.Cli.CrashTesting.Scenarios;

/// <summary>What agents and the simulated chain say of money: USDC, in atomic units.</summary>
internal static class Money
{
    /// <summary>What an analysis of an agent costs.</summary>
    public const int Price = 100_000;

    /// <summary>The token, as budgets name it.</summary>
    public static string Asset { get; } = $"{KnownAssets.UsdcOnBaseSepolia.Network}/erc20:{KnownAssets.UsdcOnBaseSepolia.Address.ToString().ToLowerInvariant()}";

    /// <summary>Settings with which a payment whose process is dead is found soon, as often as there are kills, and is looked for as often as nobody knows of it.</summary>
    public static IReadOnlyList<string> Settings { get; } =
    [
        "AgentMesh__Turns__WorkIntervalSeconds=1", "AgentMesh__Payments__LeaseSeconds=2", "AgentMesh__Payments__WorkIntervalSeconds=1", "AgentMesh__Payments__LookIntervalSeconds=1",
        "AgentMesh__Payments__MaxAttempts=1000", .. FacilitatorFaults.Settings,
    ];

    private const int MaxPages = 100;

    /// <summary>The chain's facilitator.</summary>
    /// <exception cref="CliException">The mesh has none: its money is no simulated one, or cannot be seen.</exception>
    public static SimulatedFacilitator FacilitatorOf(CrashWorld world) => world.Mesh.Facilitator is { } place
        ? new SimulatedFacilitator(place, world.Parts)
        : throw new CliException("this scenario spends money, and only a mesh of its own has money that is simulated: leave --url out", ExitCodes.Usage);

    /// <summary>What an address has; null: the chain does not say.</summary>
    public static async Task<BigInteger?> BalanceAsync(CrashWorld world, EvmAddress owner, CancellationToken cancellationToken)
    {
        using var facilitator = FacilitatorOf(world);
        return (await facilitator.FindBalanceAsync(KnownAssets.UsdcOnBaseSepolia, owner, cancellationToken))?.Value;
    }

    /// <summary>An agent's wallet; null: it does not say.</summary>
    public static async Task<EvmAddress?> WalletAsync(CrashClient client, UserId user, CancellationToken cancellationToken)
    {
        var answer = await client.AnswerAsync(new GatewayRequest(HttpMethod.Get, "info", user), cancellationToken);
        return answer.IsSuccess && EvmAddress.TryParse(JsonElement.Parse(answer.Body).GetProperty("walletAddress").GetString(), out var address) ? address : null;
    }

    /// <summary>What an agent may spend of it, and has spent; null: it does not say.</summary>
    public static async Task<BudgetReading?> BudgetAsync(CrashWorld world, CrashClient client, UserId user, CancellationToken cancellationToken)
    {
        var answer = await client.AnswerAsync(new GatewayRequest(HttpMethod.Get, "budget", user), cancellationToken);
        if (!answer.IsSuccess)
            return null;
        var limit = JsonElement.Parse(answer.Body).GetProperty("limits").EnumerateArray().First(one => one.GetProperty("asset").GetString() == Asset);
        return new BudgetReading(world.History.Now, Amount(limit, "limit"), Amount(limit, "posted"), Amount(limit, "held"));
    }

    /// <summary>The payments of an agent with what each paid: <c>in</c> or <c>out</c>; null: it does not say.</summary>
    public static async Task<IReadOnlyList<(string Payer, PaymentReading Payment)>?> PaymentsAsync(CrashClient client, UserId user, string direction, CancellationToken cancellationToken)
    {
        List<(string, PaymentReading)> payments = [];
        string? before = null;
        for (var pages = 0; pages < MaxPages; pages++)
        {
            var answer = await client.AnswerAsync(
                new GatewayRequest(HttpMethod.Get, "payments", user) { Query = [("limit", "1000"), ("direction", direction), ("before", before)] }, cancellationToken);
            if (!answer.IsSuccess)
                return null;
            var page = JsonElement.Parse(answer.Body);
            payments.AddRange(page.GetProperty("payments").EnumerateArray().Select(payment => (payment.GetProperty("payer").GetString()!, Read(payment))));
            if (page.GetProperty("nextBefore") is not { ValueKind: JsonValueKind.Number } next)
                break;
            before = next.GetInt64().ToString(CultureInfo.InvariantCulture);
        }

        return payments;
    }

    private static PaymentReading Read(JsonElement payment) => new(
        payment.GetProperty("id").GetString()!,
        payment.GetProperty("state").GetString() switch
        {
            "settled" => PaymentEnd.Settled,
            "failed" => PaymentEnd.Failed,
            "unknown" => PaymentEnd.Unknown,
            _ => PaymentEnd.Open,
        },
        Amount(payment, "amount"), payment.GetProperty("transaction").GetString());

    private static BigInteger Amount(JsonElement json, string name) => BigInteger.Parse(json.GetProperty(name).GetString()!, NumberStyles.None, CultureInfo.InvariantCulture);
}
