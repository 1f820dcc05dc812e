using AgentMesh.Cli.Budgets;

namespace AgentMesh.Cli.Tests.Budgets;

/// <summary><c>budget</c>: how limits are shown and set.</summary>
public sealed class BudgetTests : IDisposable
{
    private const string Answer = """{"limits":[{"scope":"agent","asset":"USD","symbol":"USD","decimals":6,"window":"rolling:24h","limit":"10000000","posted":"0","held":"0","overrun":"0","available":"10000000","resetsAt":null}]}""";
    private const string Limit = """{"scope":"agent","asset":"USD","window":"rolling:24h","limit":"10000000"}""";

    private readonly TestTerminal _terminal = new();

    public void Dispose() => _terminal.Dispose();

    /// <summary>Amounts are atomic units, shown in units of the asset; of an asset that is not known as they are.</summary>
    [Theory]
    [InlineData("USD", "USD", 6, "10000000", "0", "0", "0", "10000000", "agent, USD, once", "[........................]    0 %  0 of 10 USD spent, 10 left")]
    [InlineData("USD", "USD", 6, "10000000", "1", "0", "0", "9999999", "agent, USD, once", "[#.......................]    0 %  0.000001 of 10 USD spent, 9.999999 left")]
    [InlineData("USD", "USD", 6, "10000000", "5000000", "2500000", "0", "2500000", "agent, USD, once", "[############======......]   50 %  5 of 10 USD spent, 2.5 held, 2.5 left")]
    [InlineData("USD", "USD", 6, "10000000", "9999999", "0", "0", "1", "agent, USD, once", "[#######################.]   99 %  9.999999 of 10 USD spent, 0.000001 left")]
    [InlineData("USD", "USD", 6, "10000000", "12000000", "0", "2000000", "0", "agent, USD, once", "[########################]  120 %  12 of 10 USD spent, 2 overrun, 0 left")]
    [InlineData("USD", "USD", 6, "0", "0", "0", "0", "0", "agent, USD, once", "[------------------------]      -  0 of 0 USD spent, 0 left")]
    [InlineData("eip155:84532/erc20:0x036c", "USDC", 6, "100000", "0", "0", "0", "100000", "agent, USDC (eip155:84532/erc20:0x036c), once", "[........................]    0 %  0 of 0.1 USDC spent, 0.1 left")]
    [InlineData("eip155:1/erc20:0xffff", null, null, "100000", "50000", "0", "0", "50000", "agent, eip155:1/erc20:0xffff, once", "[############............]   50 %  50000 of 100000 atomic units spent, 50000 left")]
    [InlineData("eip155:1/erc20:0xffff", "ETH", 18, "340282366920938463463374607431768211455", "1", "0", "0", "340282366920938463463374607431768211454", "agent, ETH (eip155:1/erc20:0xffff), once", "[#.......................]    0 %  0.000000000000000001 of 340282366920938463463.374607431768211455 ETH spent, 340282366920938463463.374607431768211454 left")]
    public void Limit_IsShown(string asset, string? symbol, int? decimals, string limit, string posted, string held, string overrun, string available, string first, string second)
    {
        var shown = BudgetText.Of(new BudgetDocument([new LimitDocument("agent", asset, "once", limit, posted, held, overrun, available, symbol, decimals)]));
        Assert.Equal([first, $"  {second}"], shown);
    }

    [Fact]
    public void Limit_SaysWhenThereIsMore() => Assert.EndsWith(
        "0 left, more from 2026-12-01 00:00:00Z",
        BudgetText.Of(new BudgetDocument([new LimitDocument("agent", "USD", "calendar:month:UTC", "1", "1", "0", "0", "0", "USD", 6, new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero))])).Last(), StringComparison.Ordinal);

    [Theory]
    [InlineData($$"""{"limits":[{{Limit}}]}""")]
    [InlineData($$"""{"new":1,"limits":[{"posted":"3","held":"0","new":{},"scope":"agent","asset":"USD","window":"rolling:24h","limit":"10000000"}]}""")]
    public async Task Set_PutsTheLimits_FromFileAndInput(string document)
    {
        await using var gateway = await StubGateway.StartAsync(200, Answer);
        var file = await _terminal.RunAsync("budget", "alice", "--set", _terminal.Write("limits.json", document), "--url", gateway.Url);
        Assert.Equal((0, "agent, USD, rolling:24h\n  [........................]    0 %  0 of 10 USD spent, 10 left\n", ""), (file.ExitCode, file.Output, file.Error));
        _terminal.Input = new StringReader(document);
        Assert.Equal((0, Answer + "\n"), await Ran(_terminal.RunAsync("budget", "alice", "--set", "-", "--json", "--url", gateway.Url)));
        Assert.Equal(2, gateway.Asked.Count);
        Assert.All(gateway.Asked, asked => Assert.Equal($$"""PUT /agent/alice/budget {"limits":[{{Limit}}]}""", asked));
    }

    /// <summary>What was shown is what may be set.</summary>
    [Fact]
    public async Task Json_CanBeSetAgain()
    {
        await using var gateway = await StubGateway.StartAsync(200, Answer);
        var shown = await _terminal.RunAsync("budget", "alice", "--json", "--url", gateway.Url);
        Assert.Equal(0, (await _terminal.RunAsync("budget", "alice", "--set", _terminal.Write("b.json", shown.Output), "--url", gateway.Url)).ExitCode);
        Assert.Equal(["GET /agent/alice/budget", $$"""PUT /agent/alice/budget {"limits":[{{Limit}}]}"""], gateway.Asked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"limits":null}""")]
    [InlineData("""{"limits":[null]}""")]
    [InlineData("""{"limits":[{"scope":"agent"}]}""")]
    [InlineData("""{"limits":[{"scope":"agent","asset":"USD","window":"rolling:24h","limit":10}]}""")]
    public async Task FileWithoutLimits_AsksNothing(string document)
    {
        await using var gateway = await StubGateway.StartAsync(200, Answer);
        var ran = await _terminal.RunAsync("budget", "alice", "--set", _terminal.Write("limits.json", document), "--url", gateway.Url);
        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("limits.json has no limits", ran.Error, StringComparison.Ordinal);
        Assert.Empty(gateway.Asked);
    }

    private static async Task<(int ExitCode, string Output)> Ran(Task<Ran> run) => await run is var ran ? (ran.ExitCode, ran.Output) : default;
}
