using System.Text.Json;
using AgentMesh.ActorHost.Tools;
using AgentMesh.Contracts.Agents;
using AgentMesh.Testing;
using AgentMesh.Testing.ModelServer;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.ActorHost.Tests.Tools;

/// <summary>Tools that others buy: called by a turn of the seller, whose key is the payment, and by nobody else.</summary>
public sealed class PaidToolTests
{
    private const string Alice = "default:alice";

    [Theory]
    [InlineData("0.10", true)]
    [InlineData("0.000001", true)]
    [InlineData("999999999.999999", true)]
    [InlineData("5", true)]
    [InlineData("0.0000001", false)]
    [InlineData("1000000000", false)]
    [InlineData("0", false)]
    [InlineData("0.00", false)]
    [InlineData("00.10", false)]
    [InlineData("-1", false)]
    [InlineData("1.", false)]
    [InlineData(".5", false)]
    [InlineData("1e3", false)]
    [InlineData("$0.10", false)]
    [InlineData("0,10", false)]
    [InlineData(" 0.10", false)]
    [InlineData("0.10\n", false)]
    [InlineData("", false)]
    public void Price_IsADecimalNumberOfDollars(string price, bool isOne)
    {
        var thrown = Record.Exception(() => AgentTool.Of(() => "", "forecast", "Forecasts.", price));
        Assert.Equal(isOne, thrown is null);
        if (!isOne)
            Assert.IsType<ArgumentException>(thrown);
    }

    [Fact]
    public async Task AgentWithAWallet_SellsItsTools_AndOneWithoutSellsNothing()
    {
        await using var host = await StartAsync(Forecast);
        Assert.Equal((null, 0), ((await host.SalesAsync(Alice)).Value!.PayTo, (await host.SalesAsync(Alice)).Value!.Tools.Count));
        Assert.Empty(host.State.KeysOf(Alice));
        await host.PostAsync(Alice, "hello", "r1");
        var sales = (await host.SalesAsync(Alice)).Value!;
        Assert.Equal((await host.InfoAsync(Alice)).Value!.WalletAddress, sales.PayTo);
        Assert.Equal([("premium_analysis", "0.10"), ("forecast", "0.25")], sales.Tools.Select(tool => (tool.Name, tool.PriceUsd)));
        Assert.Equal("city", JsonElement.Parse(sales.Tools[1].InputSchema).GetProperty("required")[0].GetString());
    }

    /// <summary>However often and from wherever it is asked for: the key is the payment.</summary>
    [Fact]
    public async Task Tool_IsCalledOnceAKey_AndTheRateLimitIsTheOwners()
    {
        var calls = 0;
        await using var host = await StartAsync(
            agents => agents.AddPaidTool((string city) => $"{city}: rain {Interlocked.Increment(ref calls)}", "forecast", "Forecasts.", "0.25"),
            ("AgentMesh:RateLimit:Enabled", "true"), ("AgentMesh:RateLimit:Permits", "1"));
        await host.PostAsync(Alice, "hello", "r1");
        Assert.Equal("rate_limited", (await host.PostAsync(Alice, "again", "r2")).Refusal!.Code);
        var posted = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.CallToolAsync(Alice, "forecast", """{"city":"Rome"}""", "payment-1")));
        var turn = Assert.Single(posted.Select(one => one.Value!.TurnId).Distinct());
        await HostUnderTest.UntilAsync(async () => (await host.TurnAsync(Alice, turn)).Value!.Status == TurnStatus.Completed);
        Assert.Equal("Rome: rain 1", (await host.TurnAsync(Alice, turn)).Value!.Answer!.Response);
        Assert.Equal("Rome: rain 1", (await host.CallToolAsync(Alice, "forecast", """{"city":"Rome"}""", "payment-1")).Value!.Response);
        Assert.Equal("idempotency_key_reused", (await host.CallToolAsync(Alice, "forecast", """{"city":"Oslo"}""", "payment-1")).Refusal!.Code);
        Assert.Equal(1, calls);
        Assert.Equal("rate_limited", (await host.PostAsync(Alice, "again", "r3")).Refusal!.Code);
        host.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Null((await host.PostAsync(Alice, "again", "r4")).Refusal);
    }

    [Theory]
    [InlineData("unknown", "{}", "there is no such tool.")]
    [InlineData("forecast", "{}", "'city' is missing.")]
    [InlineData("forecast", """{"city":1}""", "'city' is not of type string.")]
    public async Task CallThatCannotBeMade_IsRefusedBeforeAnythingIsStored(string tool, string arguments, string told)
    {
        await using var host = await StartAsync(Forecast);
        await host.PostAsync(Alice, "hello", "r1");
        var refused = (await host.CallToolAsync(Alice, tool, arguments, "payment-1")).Refusal!;
        Assert.Equal(AgentRefusals.InvalidToolCall, refused.Code);
        Assert.Contains(told, refused.Detail, StringComparison.Ordinal);
        Assert.Equal(2, (await host.EventsAsync(Alice)).Value!.Last);
    }

    /// <summary>The owner's model would call for nothing what others pay for.</summary>
    [Fact]
    public async Task Model_IsNotOfferedWhatIsForSale_AndCannotCallIt()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await StartAsync(
            Forecast,
            ("AgentMesh:Responder:Provider", "openai"), ("AgentMesh:Responder:Endpoint", model.OpenAIEndpoint.ToString()), ("AgentMesh:Responder:Model", "m"));
        model.Behave(new ModelBehavior { IsEmpty = true, Calls = [new("forecast", """{"city":"Rome"}""")] });
        var turn = (await host.PostAsync(Alice, "hello", "r1")).Value!.TurnId;
        await HostUnderTest.UntilAsync(async () => (await host.TurnAsync(Alice, turn)).Value!.Status == TurnStatus.Completed);
        Assert.DoesNotContain("forecast", (await model.Requests.ReadAsync(TestContext.Current.CancellationToken)).Tools);
        Assert.Contains("there is no such tool", Assert.Single((await model.Requests.ReadAsync(TestContext.Current.CancellationToken)).ToolResults), StringComparison.Ordinal);
        // For those who pay it is there, whatever models may call.
        var bought = (await host.CallToolAsync(Alice, "forecast", """{"city":"Rome"}""", "payment-1")).Value!.TurnId;
        await HostUnderTest.UntilAsync(async () => (await host.TurnAsync(Alice, bought)).Value!.Status == TurnStatus.Completed);
    }

    [Fact]
    public async Task Analysis_IsTheModels_OrOfTheEchoACount()
    {
        await using (var echo = await StartAsync(_ => { }))
            Assert.Equal("Premium analysis of \"is it  so?\": 3 words, 10 characters. A configured model would say more.", await AnalyzeAsync(echo));
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await StartAsync(
            _ => { },
            ("AgentMesh:Responder:Provider", "openai"), ("AgentMesh:Responder:Endpoint", model.OpenAIEndpoint.ToString()), ("AgentMesh:Responder:Model", "m"),
            ("AgentMesh:Responder:Tools", "none"));
        Assert.Equal("You said: is it  so?", await AnalyzeAsync(host));

        static async Task<string?> AnalyzeAsync(HostUnderTest host)
        {
            var turn = (await host.CallToolAsync(Alice, "premium_analysis", """{"query":"is it  so?"}""", "payment-1")).Value!.TurnId;
            await HostUnderTest.UntilAsync(async () => (await host.TurnAsync(Alice, turn)).Value!.Status == TurnStatus.Completed);
            return (await host.TurnAsync(Alice, turn)).Value!.Answer!.Response;
        }
    }

    private static void Forecast(AgentHostBuilder agents) => agents.AddPaidTool((string city) => $"{city}: rain", "forecast", "Forecasts.", "0.25");

    private static async Task<HostUnderTest> StartAsync(Action<AgentHostBuilder> configure, params (string, string)[] settings)
    {
        var state = await FakeActorState.StartAsync();
        state.Secrets["secretstore/wallet-keys"] = JsonSerializer.Serialize(new Dictionary<string, string> { ["wallet-keys"] = Convert.ToBase64String(new byte[32]) });
        return HostUnderTest.Start(
            state, new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)), configure, [("AgentMesh:Wallets:Provider", "local"), .. settings]);
    }
}
