using AgentMesh.Contracts.Agents;
using AgentMesh.Testing.ModelServer;

namespace AgentMesh.ActorHost.Tests.Purchases;

/// <summary>
/// A cap of 150 USDC and one of $150 of model cost, each in any 24 hours, while the wall clock jumps: the one of ten ways to pass a cap that takes a
/// clock which can be set. The others are the end-to-end <c>CapTests</c>.
/// </summary>
public sealed class CapClockTests
{
    private const string Usdc = "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e";
    private const string Cap = "150000000";

    /// <summary>Of 7 USDC each.</summary>
    private const int Affordable = 21;

    /// <summary>A day, and a sixtieth of it: windows are counted in so many parts.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromHours(24.5);

    private int _tries;

    [Fact]
    public async Task Cap_HoldsWhenTheClockJumps()
    {
        var time = new JumpingClock();
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await BuyingHost.StartAsync(
            time,
            ("AgentMesh:Policy:AllowAtMost", "50"),
            ("AgentMesh:Responder:Provider", "openai"),
            ("AgentMesh:Responder:Endpoint", model.OpenAIEndpoint.ToString()),
            ("AgentMesh:Responder:Model", "48tokens"),
            ("AgentMesh:Responder:ApiKey", "sk-test-0123456789"),
            ("AgentMesh:Responder:Prices:0:Model", "48tokens"),
            ("AgentMesh:Responder:Prices:0:Input", "1000"),
            ("AgentMesh:Responder:Prices:0:Output", "100000"),
            ("AgentMesh:Responder:MaxOutputTokens", "64"),
            ("AgentMesh:Responder:Tools", "none"));
        host.Shop.Terms = host.Shop.Terms with { Amount = "7000000" };
        Assert.Null((await host.Host.SetBudgetAsync(
            BuyingHost.Alice, new LimitSetting("agent", "USD", "rolling:24h", Cap), new LimitSetting("agent", Usdc, "rolling:24h", Cap))).Refusal);

        // Ahead while there is something to spend, so that the window is full at two times of the wall clock.
        await BuyAsync(host, 10);
        time.Ahead = TimeSpan.FromHours(25);
        await BuyUntilRefusedAsync(host);
        await TalkUntilPausedAsync(host);
        Assert.Equal(Affordable, host.Shop.Payments.Count);
        var bill = BillOf(model);
        Assert.InRange(bill, 143_000_000, 150_000_000);

        foreach (var hours in (int[])[-25, 0, 24 * 365, 49, 0])
        {
            time.Ahead = TimeSpan.FromHours(hours);
            await BuyUntilRefusedAsync(host);
            await TalkUntilPausedAsync(host);
            Assert.Equal((Affordable, bill), (host.Shop.Payments.Count, BillOf(model)));
        }

        // It is the jumps that free nothing: the time itself does.
        time.Advance(Window);
        await BuyUntilRefusedAsync(host);
        await TalkUntilPausedAsync(host);
        Assert.Equal(2 * Affordable, host.Shop.Payments.Count);
        Assert.InRange(BillOf(model) - bill, 143_000_000, 150_000_000);
    }

    private static long BillOf(FakeModelServer model) => model.TokensRead * 1_000 + model.TokensWritten * 100_000;

    private async Task BuyAsync(BuyingHost host, int times)
    {
        for (var n = 0; n < times; n++)
            Assert.Null((await host.BuyAsync($"k{_tries++}", max: "7000000")).Reason);
    }

    private async Task BuyUntilRefusedAsync(BuyingHost host)
    {
        string? reason;
        do
            reason = (await host.BuyAsync($"k{_tries++}", max: "7000000")).Reason;
        while (reason is null);
        Assert.Equal("budget_exceeded", reason);
    }

    /// <summary>Talks until a turn is paused, or no message is taken because one is.</summary>
    private async Task TalkUntilPausedAsync(BuyingHost host)
    {
        // What is paused looks again when it is time.
        await host.Host.RemindAsync(BuyingHost.Alice);
        while (true)
        {
            var posted = await host.Host.PostAsync(BuyingHost.Alice, "hello", $"m{_tries++}");
            if (posted.Refusal is { } refusal)
            {
                Assert.Equal("budget_exceeded", refusal.Code);
                return;
            }

            var status = TurnStatus.Queued;
            await host.UntilAsync(async () => (status = (await host.Host.TurnAsync(BuyingHost.Alice, posted.Value!.TurnId)).Value!.Status) is TurnStatus.Completed or TurnStatus.Paused);
            if (status == TurnStatus.Paused)
                return;
        }
    }
}
