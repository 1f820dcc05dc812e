using System.Net.Http.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Testing.ModelServer;

namespace AgentMesh.ActorHost.Tests.Budgets;

/// <summary>Turns of a model that costs something: the real pipeline, a model over HTTP, and calls back to the agent as through a sidecar.</summary>
public sealed class TurnBudgetTests
{
    private const string Alice = "default:alice";

    /// <summary>"hello" is 18 tokens with what surrounds it, at 3; the shortest reply worth a call 64, at 15.</summary>
    private const int Least = 18 * 3 + 64 * 15;

    /// <summary>And the longest reply 2,048.</summary>
    private const int Wanted = 18 * 3 + 2048 * 15;

    [Fact]
    public async Task Turn_CostsInTheLedger_WhatItsMessageSays()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await StartAsync(model);
        using var gate = new SemaphoreSlim(0);
        model.Behave(new ModelBehavior { Gate = gate });
        await host.PostAsync(Alice, "hello", "r1");
        await model.Requests.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, Wanted), await UsedAsync(host));
        gate.Release(1000);
        await host.UntilAsync(Alice, 2);
        var usage = (await host.TurnAsync(Alice, "1")).Value!.Usage!;
        Assert.Equal(1 * 3 + 3 * 15, usage.CostMicroUsd);
        Assert.Equal((usage.CostMicroUsd, 0), await UsedAsync(host));
        await host.RemindAsync(Alice);
        Assert.Empty(host.State.RemindersOf(Alice));
    }

    [Fact]
    public async Task TurnWithTools_CostsTheSumOfItsCalls()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await HostUnderTest.StartAsync([.. SettingsOf(model), ("AgentMesh:Responder:Tools", "search_history")]);
        model.Behave(new ModelBehavior { SearchesHistory = true });
        await host.PostAsync(Alice, "hello", "r1");
        await HostUnderTest.UntilAsync(async () => await StatusAsync(host) == TurnStatus.Completed);
        Assert.Equal(2, model.Count);
        Assert.Equal(((await host.TurnAsync(Alice, "1")).Value!.Usage!.CostMicroUsd, 0), await UsedAsync(host));
    }

    [Theory]
    [InlineData(Least - 1, TurnStatus.Paused)]
    [InlineData(Least, TurnStatus.Completed)]
    public async Task Turn_IsPausedWhereThereIsNotEnough_AndGoesOnWhenTheLimitIsRaised(int limit, string status)
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await StartAsync(model);
        await LimitAsync(host, limit);
        await host.PostAsync(Alice, "hello", "r1", "key");
        await HostUnderTest.UntilAsync(async () => await StatusAsync(host) == status);
        if (status == TurnStatus.Completed)
        {
            Assert.Equal(64, (await model.Requests.ReadAsync(TestContext.Current.CancellationToken)).Body.GetProperty("max_completion_tokens").GetInt32());
            return;
        }

        Assert.Equal(0, model.Count);
        var turn = (await host.TurnAsync(Alice, "1")).Value!;
        Assert.Equal(("budget_exceeded", new Shortage("agent", "USD", "once", $"{limit}", null)), (turn.Pause!.Code, turn.Pause.Shortage));
        // Nothing ticks for an agent that only waits.
        await host.RemindAsync(Alice);
        Assert.Empty(host.State.RemindersOf(Alice));
        // The same message finds its turn, and another one is refused.
        Assert.Equal(("1", null), await RepeatAsync(host));
        var refused = await host.PostAsync(Alice, "more", "r2");
        Assert.Equal(("budget_exceeded", "1", turn.Pause.Shortage), (refused.Refusal!.Code, refused.PausedTurn, refused.Shortage));
        Assert.Equal(2, (await host.EventsAsync(Alice)).Value!.Last);

        await LimitAsync(host, Least);
        await HostUnderTest.UntilAsync(async () => await StatusAsync(host) == TurnStatus.Completed);
        Assert.Equal(("1", "You said: hello"), await RepeatAsync(host));
        Assert.Equal(["turn_paused", "turn_resumed"], (await host.EventsAsync(Alice)).Value!.Events.Select(one => one.Type).Where(type => type.StartsWith("turn_", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Resume_ByItsOwner_SaysWhatIsMissing()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await StartAsync(model);
        await LimitAsync(host, 1);
        await host.PostAsync(Alice, "hello", "r1");
        await HostUnderTest.UntilAsync(async () => await StatusAsync(host) == TurnStatus.Paused);
        Assert.Equal((TurnStatus.Paused, "budget_exceeded"), await ResumeAsync(host));
        Assert.Equal(TurnStatus.Canceled, (await host.CancelAsync(Alice, "1")).Value!.Status);
        Assert.Equal((TurnStatus.Canceled, null), await ResumeAsync(host));
    }

    [Fact]
    public async Task RefusedTry_CostsNothing_AndACutOneAllThatWasHeld()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await HostUnderTest.StartAsync(
            TimeProvider.System, [.. SettingsOf(model), ("AgentMesh:Responder:Tools", "none"), ("AgentMesh:Responder:Retries", "0")]);
        model.Behave(new ModelBehavior { Status = 429 }, new ModelBehavior { Fault = ModelFault.Close, FaultAt = 2 });
        await host.PostAsync(Alice, "hello", "r1");
        await HostUnderTest.UntilAsync(async () => await StatusAsync(host) == TurnStatus.Completed);
        Assert.Equal(3, model.Count);
        Assert.Equal((Wanted + (await host.TurnAsync(Alice, "1")).Value!.Usage!.CostMicroUsd, 0), await UsedAsync(host));
    }

    [Fact]
    public async Task TokensThatNobodyCounted_CostAllThatWasHeld()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await StartAsync(model);
        model.Behave(new ModelBehavior { HasUsage = false });
        await host.PostAsync(Alice, "hello", "r1");
        await host.UntilAsync(Alice, 2);
        Assert.Equal(Wanted, (await host.TurnAsync(Alice, "1")).Value!.Usage!.CostMicroUsd);
        Assert.Equal((Wanted, 0), await UsedAsync(host));
    }

    [Fact]
    public async Task RunOfADeadProcess_CostsAllThatWasHeldForIt()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var dead = await StartAsync(model);
        model.Behave(new ModelBehavior { IsSilent = true });
        await dead.PostAsync(Alice, "hello", "r1");
        await model.Requests.ReadAsync(TestContext.Current.CancellationToken);

        await using var host = await StartAsync(model);
        CopyState(dead, host);
        host.Time.Advance(TimeSpan.FromSeconds(15));
        await host.RemindAsync(Alice);
        await HostUnderTest.UntilAsync(async () => await StatusAsync(host) == TurnStatus.Completed);
        Assert.Equal((Wanted + (await host.TurnAsync(Alice, "1")).Value!.Usage!.CostMicroUsd, 0), await UsedAsync(host));
    }

    [Fact]
    public async Task ModelWithoutAPrice_LeavesTheLedgerAlone()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await HostUnderTest.StartAsync([.. SettingsOf(model), ("AgentMesh:Responder:Prices:0:Model", "other")]);
        await host.PostAsync(Alice, "hello", "r1");
        await host.UntilAsync(Alice, 2);
        Assert.DoesNotContain("ledger", host.State.KeysOf(Alice));
    }

    [Fact]
    public async Task Summary_IsHeldForToo_AndNotWrittenWithoutBudget()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await HostUnderTest.StartAsync(
            [.. SettingsOf(model), ("AgentMesh:Responder:Tools", "none"), ("AgentMesh:Turns:ContextBytes", "4096"), ("AgentMesh:Flush:IntervalSeconds", "60")]);
        for (var n = 0; n < 16; n++)
        {
            await host.PostAsync(Alice, $"message {n} {new string('x', 300)}", $"r{n}");
            await HostUnderTest.UntilAsync(async () => (await host.InfoAsync(Alice)).Value!.MessageCount == 2 * n + 2);
        }

        var (posted, _) = await UsedAsync(host);
        Assert.Equal((await host.EventsAsync(Alice)).Value!.Events.Sum(one => one.Data.Usage?.CostMicroUsd ?? 0), posted);
        await LimitAsync(host, (int)posted);
        var asked = model.Count;
        await host.RemindAsync(Alice, "flush");
        // The next writing is in the queue behind this one, and finds the limit raised.
        await LimitAsync(host, 10_000_000);
        Assert.Equal("summary_not_found", (await host.SummaryAsync(Alice)).Refusal!.Code);
        await host.PostAsync(Alice, "more", "more");
        await HostUnderTest.UntilAsync(async () => (await host.InfoAsync(Alice)).Value!.MessageCount == 34);
        await host.RemindAsync(Alice, "flush");
        await HostUnderTest.UntilAsync(async () => (await host.SummaryAsync(Alice)).Refusal is null);
        await HostUnderTest.UntilAsync(async () => (await UsedAsync(host)).Held == 0);
        Assert.True((await UsedAsync(host)).Posted > (await host.EventsAsync(Alice)).Value!.Events.Sum(one => one.Data.Usage?.CostMicroUsd ?? 0));
        Assert.True(model.Count > asked + 1);
    }

    private static async Task LimitAsync(HostUnderTest host, int microUsd) =>
        Assert.Null((await host.SetBudgetAsync(Alice, new LimitSetting("agent", "USD", "once", $"{microUsd}"))).Refusal);

    private static async Task<(long Posted, long Held)> UsedAsync(HostUnderTest host)
    {
        var limit = (await host.BudgetAsync(Alice)).Value!.Limits.First(one => one.Asset == "USD");
        Assert.Equal("0", limit.Overrun);
        return (long.Parse(limit.Posted, null), long.Parse(limit.Held, null));
    }

    private static async Task<string> StatusAsync(HostUnderTest host) => (await host.TurnAsync(Alice, "1")).Value!.Status;

    private static async Task<(string, string?)> RepeatAsync(HostUnderTest host)
    {
        var posted = (await host.PostAsync(Alice, "hello", "r9", "key")).Value!;
        return (posted.TurnId, posted.Response);
    }

    private static async Task<(string, string?)> ResumeAsync(HostUnderTest host)
    {
        var turn = (await host.CallAsync(
            Alice, nameof(IAgentActor.ResumeTurn), JsonContent.Create(new ResumeTurn("1"), ContractsJson.Default.ResumeTurn), ContractsJson.Default.ReplyTurn)).Value!;
        return (turn.Status, turn.Pause?.Code);
    }

    private static void CopyState(HostUnderTest from, HostUnderTest to)
    {
        foreach (var key in from.State.KeysOf(Alice))
            to.State[Alice, key] = from.State[Alice, key];
    }

    private static Task<HostUnderTest> StartAsync(FakeModelServer model) => HostUnderTest.StartAsync([.. SettingsOf(model), ("AgentMesh:Responder:Tools", "none")]);

    private static (string, string)[] SettingsOf(FakeModelServer model) =>
    [
        ("AgentMesh:Responder:Provider", "openai"),
        ("AgentMesh:Responder:Endpoint", model.OpenAIEndpoint.ToString()),
        ("AgentMesh:Responder:Model", "test-model"),
        ("AgentMesh:Responder:ApiKey", "sk-test-0123456789"),
        ("AgentMesh:Responder:Prices:0:Model", "test-model"),
        ("AgentMesh:Responder:Prices:0:Input", "3"),
        ("AgentMesh:Responder:Prices:0:Output", "15"),
    ];
}
