using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentMesh.Evm;

namespace AgentMesh.EndToEnd.Caps;

/// <summary>
/// Clients of one agent, who have it buy and talk until it is told that there is no money left. They repeat what was not answered by the same key, at
/// any gateway, and give up after some seconds.
/// </summary>
/// <param name="mesh">Where.</param>
/// <param name="user">Whose agent.</param>
/// <param name="clients">Clients that buy, and as many that talk, each in a session of its own.</param>
/// <param name="copies">How often each request is sent, at once.</param>
internal sealed class Spender(CapMesh mesh, string user, int clients = 3, int copies = 1) : IDisposable
{
    /// <summary>What its wallet begins with, atomic units of USDC.</summary>
    public const long Gift = 1_000_000_000;

    public const string Usdc = "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e";

    /// <summary>A client's tries in one go: many times what the cap allows.</summary>
    private const int MostTries = 60;

    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _http = new() { Timeout = AnswerPatience };
    private readonly List<string> _sessions = [];
    private int _next;
    private EvmAddress _wallet;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The options that allow more than any cap here, for agents that share their tenant's.</summary>
    public static string[] OwnLimits =>
    [
        .. MeshOptions.Set("AgentMesh__Budget__Defaults__0__Asset=USD"),
        .. MeshOptions.Set("AgentMesh__Budget__Defaults__0__Limit=900000000"),
        .. MeshOptions.Set($"AgentMesh__Budget__Defaults__1__Asset={Usdc}"),
        .. MeshOptions.Set("AgentMesh__Budget__Defaults__1__Limit=900000000"),
    ];

    /// <summary>Limits of both assets, as the admin sets them for an agent.</summary>
    public static object Limits(long cap) => new { limits = new[] { Limit("USD", cap), Limit(Usdc, cap) } };

    /// <summary>The same for a tenant, whose limits have no scope.</summary>
    public static object TenantLimits(long cap) => new { limits = new[] { TenantLimit("USD", cap), TenantLimit(Usdc, cap) } };

    /// <summary>Sets a limit of an agent or a tenant, and anything else that has to be there.</summary>
    public async Task SetAsync(string path, object body) => Assert.Equal(HttpStatusCode.OK, (await InsistAsync(HttpMethod.Put, path, body)).Status);

    /// <summary>Waits until its wallet has its money.</summary>
    public async Task FundAsync()
    {
        await TalkAsync(null, "first");
        for (var n = 0; n < clients; n++)
            _sessions.Add((await InsistAsync(HttpMethod.Post, $"/agent/{user}/sessions", new { }, $"session-{n}")).Body.GetProperty("id").GetString()!);
        _wallet = EvmAddress.Parse((await InsistAsync(HttpMethod.Get, $"/agent/{user}/info")).Body.GetProperty("walletAddress").GetString()!);
        await mesh.Shop.Facilitator!.WaitForBalanceAsync(_wallet, Gift, Cancellation);
    }

    /// <summary>Spends until every client was refused.</summary>
    /// <param name="round">Makes keys that were not used.</param>
    public Task SpendAsync(string round) => Task.WhenAll(
        Enumerable.Range(0, clients).SelectMany(n => (Task[])
        [
            RepeatAsync(t => BuyAsync($"{user}-{round}-{n}-{t}")),
            RepeatAsync(t => TalkAsync(_sessions[n], $"{user}-{round}-{n}-{t}")),
        ]));

    /// <summary>What its ledger says, what the shop could take from it, and what it has taken.</summary>
    public async Task<Spending> ReadAsync()
    {
        // The ledger last: it counts before anything is promised.
        var signed = mesh.Shop.Signed.Where(one => EvmAddress.Parse(one.Payer) == _wallet).ToList();
        var left = await mesh.Shop.Facilitator!.BalanceAsync(_wallet);
        var limits = (await InsistAsync(HttpMethod.Get, $"/agent/{user}/budget")).Body.GetProperty("limits");
        return new Spending(UsedOf(limits, "USD"), UsedOf(limits, Usdc), signed.Sum(one => one.Amount), Gift - long.Parse(left.ToString(), CultureInfo.InvariantCulture), signed);
    }

    /// <summary>What limits of a budget count as spent of an asset.</summary>
    public static long UsedOf(JsonElement limits, string asset)
    {
        var limit = limits.EnumerateArray().Single(one => one.GetProperty("asset").GetString() == asset);
        // A tenant's limit has no overrun: its agents count that.
        return NumberOf(limit, "posted") + NumberOf(limit, "held") + (limit.TryGetProperty("overrun", out _) ? NumberOf(limit, "overrun") : 0);
    }

    /// <summary>Asks until there is an answer.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> InsistAsync(HttpMethod method, string path, object? body = null, string? key = null)
    {
        while (true)
        {
            if (await TrySendAsync(method, path, body, key) is { } answer)
                return answer;
            await Task.Delay(Pause, Cancellation);
        }
    }

    public void Dispose() => _http.Dispose();

    private static object Limit(string asset, long cap) => new { scope = "agent", asset, window = "rolling:24h", limit = $"{cap}" };

    private static object TenantLimit(string asset, long cap) => new { asset, window = "rolling:24h", limit = $"{cap}" };

    private static async Task RepeatAsync(Func<int, Task<bool>> spendAsync)
    {
        for (var n = 0; n < MostTries; n++)
        {
            if (!await spendAsync(n))
                return;
        }

        Assert.Fail("The cap was never reached.");
    }

    /// <returns>False: there is no money left.</returns>
    private async Task<bool> BuyAsync(string key)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < Patience)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, copies).Select(_ =>
                TrySendAsync(HttpMethod.Post, $"/agent/{user}/pay", new { url = mesh.Shop.Url, maxAmount = $"{CapShop.Price}" }, key)));
            var said = answers.OfType<(HttpStatusCode Status, JsonElement Body)>().ToList();
            if (said.FirstOrDefault(answer => answer.Status != HttpStatusCode.OK) is { Body.ValueKind: JsonValueKind.Object } refused)
            {
                Assert.Equal("urn:agentmesh:problem:budget_exceeded", refused.Body.GetProperty("type").GetString());
                return false;
            }

            // Whoever is answered is told of the same payment.
            Assert.InRange(said.Select(answer => answer.Body.GetProperty("payment").GetProperty("id").GetString()).Distinct().Count(), 0, 1);
            if (said.Count > 0)
                return true;
            await Task.Delay(Pause, Cancellation);
        }

        return true;
    }

    /// <returns>False: there is no money left.</returns>
    private async Task<bool> TalkAsync(string? sessionId, string key)
    {
        var sent = await Task.WhenAll(Enumerable.Range(0, copies).Select(_ =>
            InsistAsync(HttpMethod.Post, $"/agent/{user}/message", new { content = $"Hello {key}", sessionId }, key)));
        var turns = sent.Select(answer => answer.Body.GetProperty("turnId").GetString()).Distinct().ToList();
        Assert.Single(turns);
        while (true)
        {
            var status = (await InsistAsync(HttpMethod.Get, $"/agent/{user}/turns/{turns[0]}")).Body.GetProperty("status").GetString();
            if (status is "completed" or "paused")
                return status == "completed";
            Assert.Contains(status, (string[])["queued", "running"]);
            // The long poll says when something has happened; what it says does not matter here.
            await TrySendAsync(HttpMethod.Get, $"/agent/{user}/events?after={turns[0]}&wait=1", null, null);
        }
    }

    /// <returns>Null: there was no answer, or one that says that there is none yet.</returns>
    private async Task<(HttpStatusCode Status, JsonElement Body)?> TrySendAsync(HttpMethod method, string path, object? body, string? key)
    {
        var gateways = (await mesh.RunningAsync.WaitAsync(Cancellation)).Ready.Gateways;
        using var request = new HttpRequestMessage(method, new Uri(gateways[(int)((uint)Interlocked.Increment(ref _next) % gateways.Count)], path));
        request.Content = body is null ? null : JsonContent.Create(body);
        request.Headers.Add("Accept", "application/json");
        request.Headers.Add("Prefer", "respond-async");
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        try
        {
            using var answer = await _http.SendAsync(request, Cancellation);
            return (int)answer.StatusCode >= 500 ? null : (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation));
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or TaskCanceledException && !Cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private static long NumberOf(JsonElement limit, string member) => long.Parse(limit.GetProperty(member).GetString()!, CultureInfo.InvariantCulture);

    /// <summary>What was spent, atomic units.</summary>
    /// <param name="Usd">What the ledger counts for models.</param>
    /// <param name="UsdcCounted">What the ledger counts for payments.</param>
    /// <param name="UsdcSigned">What authorizations are good for.</param>
    /// <param name="UsdcPaid">What has left the wallet on the chain.</param>
    /// <param name="Payments">The authorizations.</param>
    internal sealed record Spending(long Usd, long UsdcCounted, long UsdcSigned, long UsdcPaid, IReadOnlyList<CapShop.SignedPayment> Payments);
}
