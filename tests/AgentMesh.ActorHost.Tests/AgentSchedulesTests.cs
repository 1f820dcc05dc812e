using System.Net;
using System.Net.Http.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Testing;
using AgentMesh.Testing.ModelServer;

namespace AgentMesh.ActorHost.Tests;

/// <summary>Schedules: what is stored, which reminder there is, and what a tick does, whenever it comes.</summary>
public sealed class AgentSchedulesTests
{
    private const string Alice = "default:alice";

    [Fact]
    public async Task Schedule_IsAnsweredAsItIs_AndRunsWhenTheReminderComes()
    {
        await using var host = await HostUnderTest.StartAsync();
        var now = host.Time.GetUtcNow();
        var made = (await host.CreateScheduleAsync(Alice, Every(60, "s1"))).Value!;
        Assert.Equal((ScheduleStatus.Active, now.AddSeconds(60), null, 0), (made.Status, made.NextRun, made.LastRun, made.Runs));
        Assert.Equal(("default", 60, MissedRuns.Once, null), (made.SessionId, made.EverySeconds, made.Missed, made.TimeZone));
        Assert.Equal(made, (await host.CreateScheduleAsync(Alice, Every(60, "s1"))).Value);
        Assert.Equal([made], await host.SchedulesAsync(Alice));
        Assert.Equal(("0h1m0s0ms", "0h1m0s0ms"), host.State.ReminderOf(Alice, "schedule"));
        Assert.Equal(["events:1", "head", "schedules"], host.State.KeysOf(Alice));

        await host.DeactivateAsync(Alice);
        host.Time.Advance(TimeSpan.FromSeconds(61));
        host.State.TakeCalls();
        await host.RemindAsync(Alice, "schedule");
        Assert.Equal(["GET head", "GET schedules", "GET events:1", "GET page:default:1", "PUT head schedules events:1 page:default:1"], host.State.TakeCalls().Order(Calls));
        Assert.Equal(
            [$"schedule {Fact(made, "created")}", "message tick", $"schedule {Fact(made, "ran", 2)}", "message This is our first message. You said: \"tick\"."],
            (await host.EventsAsync(Alice)).Value!.Events.Select(one => $"{one.Type} {one.Data.Content ?? one.Data.Json}"));
        // The next is counted from the last one's time, not from when it ran.
        Assert.Equal(("0h0m59s0ms", "0h1m0s0ms"), host.State.ReminderOf(Alice, "schedule"));
        var schedule = (await host.SchedulesAsync(Alice)).Single();
        Assert.Equal((now.AddSeconds(120), now.AddSeconds(61), 1), (schedule.NextRun, schedule.LastRun, schedule.Runs));
    }

    [Fact]
    public async Task TicksInAFlood_AndTooEarly_RunNothingTwice()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.CreateScheduleAsync(Alice, Every(60, "s1"));
        host.Time.Advance(TimeSpan.FromMilliseconds(59_999));
        await host.RemindAsync(Alice, "schedule");
        Assert.Equal(0, (await host.InfoAsync(Alice)).Value!.MessageCount);
        // Too early: it waits for the rest of the time, and not for another minute.
        Assert.Equal(("0h0m0s1ms", "0h1m0s0ms"), host.State.ReminderOf(Alice, "schedule"));
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.RemindAsync(Alice, "schedule")));
        await host.RemindAsync(Alice);
        Assert.Equal(2, (await host.InfoAsync(Alice)).Value!.MessageCount);
    }

    /// <summary>The process dies at each step of a tick, or the store fails there; the next tick does what is left.</summary>
    [Theory]
    [InlineData(FailedPut.BeforeStoring)]
    [InlineData(FailedPut.AfterStoring)]
    public async Task TickThatFails_IsDoneByTheNext(FailedPut failure)
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.CreateScheduleAsync(Alice, Every(60, "s1"));
        host.Time.Advance(TimeSpan.FromSeconds(60));
        host.State.FailNextPut = failure;
        using (var failed = await host.Http.PutAsync(
            new Uri($"actors/AgentActor/{Alice}/method/remind/schedule", UriKind.Relative),
            JsonContent.Create(new { data = "", dueTime = "", period = "0h1m0s0ms" }),
            TestContext.Current.CancellationToken))
        {
            Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        }

        await host.RemindAsync(Alice, "schedule");
        Assert.Equal(2, (await host.InfoAsync(Alice)).Value!.MessageCount);
        Assert.Equal(1, (await host.SchedulesAsync(Alice)).Single().Runs);
        Assert.Equal(("0h1m0s0ms", "0h1m0s0ms"), host.State.ReminderOf(Alice, "schedule"));
    }

    [Fact]
    public async Task Reminder_IsThereBeforeTheSchedule_AndAfterItsLastRunGone()
    {
        await using var host = await HostUnderTest.StartAsync();
        var once = new CreateSchedule("tick", null, host.Time.GetUtcNow().AddHours(100), null, null, null, null, null, "s1", null);
        host.State.FailNextPut = FailedPut.BeforeStoring;
        using (var failed = await host.SendAsync(Alice, nameof(IAgentActor.CreateSchedule), JsonContent.Create(once, ContractsJson.Default.CreateSchedule)))
            Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        Assert.Equal(["schedule"], host.State.RemindersOf(Alice));
        Assert.Empty(host.State.KeysOf(Alice));
        // A tick at an agent that has nothing takes it away.
        await host.RemindAsync(Alice, "schedule");
        Assert.Empty(host.State.RemindersOf(Alice));

        await host.CreateScheduleAsync(Alice, once);
        Assert.Equal(("100h0m0s0ms", "0h1m0s0ms"), host.State.ReminderOf(Alice, "schedule"));
        host.Time.Advance(TimeSpan.FromHours(100));
        await host.RemindAsync(Alice, "schedule");
        Assert.Empty(host.State.RemindersOf(Alice));
        Assert.Equal(ScheduleStatus.Done, (await host.SchedulesAsync(Alice)).Single().Status);
    }

    [Fact]
    public async Task Reminder_FollowsTheEarliest_AndWaitsNoLongerThanThirtyDays()
    {
        await using var host = await HostUnderTest.StartAsync();
        var far = new CreateSchedule("tick", null, host.Time.GetUtcNow().AddYears(1000), null, null, null, null, null, "s1", null);
        await host.CreateScheduleAsync(Alice, far);
        Assert.Equal("720h0m0s0ms", host.State.ReminderOf(Alice, "schedule")!.Value.Due);
        var near = (await host.CreateScheduleAsync(Alice, Every(60, "s2"))).Value!;
        Assert.Equal("0h1m0s0ms", host.State.ReminderOf(Alice, "schedule")!.Value.Due);
        await host.CreateScheduleAsync(Alice, Every(3600, "s3"));
        Assert.Equal("0h1m0s0ms", host.State.ReminderOf(Alice, "schedule")!.Value.Due);
        Assert.Equal(2, host.State.Registrations);
        Assert.Null((await host.DeleteScheduleAsync(Alice, near.Id)).Refusal);
        Assert.Equal("1h0m0s0ms", host.State.ReminderOf(Alice, "schedule")!.Value.Due);
        // A message changes nothing about it.
        await host.PostAsync(Alice, "hello", "r1");
        Assert.Equal(3, host.State.Registrations);
        foreach (var schedule in await host.SchedulesAsync(Alice))
            await host.DeleteScheduleAsync(Alice, schedule.Id);
        Assert.Empty(host.State.RemindersOf(Alice));
        Assert.DoesNotContain("schedules", host.State.KeysOf(Alice));
        Assert.Equal(AgentRefusals.ScheduleNotFound, (await host.DeleteScheduleAsync(Alice, near.Id)).Refusal!.Code);
    }

    /// <summary>Reminders do not live where the state does, and can be lost with what they live in.</summary>
    [Fact]
    public async Task LostReminder_IsRegisteredAgain_ByAnyCallOfTheNextActivation()
    {
        await using var lost = await HostUnderTest.StartAsync();
        await lost.CreateScheduleAsync(Alice, Every(60, "s1"));
        await using var host = await HostUnderTest.StartAsync();
        foreach (var key in lost.State.KeysOf(Alice))
            host.State[Alice, key] = lost.State[Alice, key];
        await host.InfoAsync(Alice);
        Assert.Equal(["schedule"], host.State.RemindersOf(Alice));
        await host.InfoAsync(Alice);
        Assert.Equal(1, host.State.Registrations);

        // What is due by now is not put off by calls that wake the agent.
        await host.DeactivateAsync(Alice);
        host.Time.Advance(TimeSpan.FromMinutes(2));
        await host.InfoAsync(Alice);
        Assert.Equal(("0h0m1s0ms", "0h1m0s0ms"), host.State.ReminderOf(Alice, "schedule"));
    }

    [Fact]
    public async Task ManyAtOnce_AreSpreadOverTicks()
    {
        await using var host = await HostUnderTest.StartAsync();
        for (var n = 0; n < 20; n++)
            await host.CreateScheduleAsync(Alice, Every(3600, $"s{n}"));
        host.Time.Advance(TimeSpan.FromHours(1));
        foreach (var (runs, due) in new[] { (8, "0h0m10s0ms"), (16, "0h0m10s0ms"), (20, "1h0m0s0ms") })
        {
            await host.RemindAsync(Alice, "schedule");
            Assert.Equal(2 * runs, (await host.InfoAsync(Alice)).Value!.MessageCount);
            Assert.Equal((due, "0h1m0s0ms"), host.State.ReminderOf(Alice, "schedule"));
        }

        Assert.All(await host.SchedulesAsync(Alice), schedule => Assert.Equal(1, schedule.Runs));
    }

    [Fact]
    public async Task DueMessage_IsAnsweredByTheModel_AsAnyOther()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await HostUnderTest.StartAsync(
            ("AgentMesh:Responder:Provider", "openai"),
            ("AgentMesh:Responder:Endpoint", model.OpenAIEndpoint.ToString()),
            ("AgentMesh:Responder:Model", "test"));
        await host.CreateScheduleAsync(Alice, Every(60, "s1"));
        host.Time.Advance(TimeSpan.FromSeconds(60));
        await host.RemindAsync(Alice, "schedule");
        Assert.Equal(["schedule", "work"], host.State.RemindersOf(Alice));
        await host.UntilAsync(Alice, 4);
        Assert.Equal(TurnStatus.Completed, (await host.TurnAsync(Alice, "2")).Value!.Status);
        await host.RemindAsync(Alice);
        Assert.Equal(["schedule"], host.State.RemindersOf(Alice));
    }

    /// <summary>The result is the answer, also where no model is configured.</summary>
    [Fact]
    public async Task DueTool_IsCalled_AndItsResultIsTheAnswer()
    {
        await using var host = await StartAsync();
        var made = (await host.CreateScheduleAsync(Alice, Tool("twice", """{"text":"ha"}"""))).Value!;
        Assert.Equal((null, "twice", """{"text":"ha"}"""), (made.Content, made.Tool, made.Arguments));
        await host.DeactivateAsync(Alice);
        host.Time.Advance(TimeSpan.FromSeconds(60));
        await host.RemindAsync(Alice, "schedule");
        await HostUnderTest.UntilAsync(async () => (await host.TurnAsync(Alice, "2")).Value!.Status == TurnStatus.Completed);
        Assert.Equal("haha", (await host.TurnAsync(Alice, "2")).Value!.Answer!.Response);
        Assert.Equal(["schedule", "message", "schedule", "tool", "tool", "message"], (await host.EventsAsync(Alice)).Value!.Events.Select(one => one.Type));
        Assert.Equal(
            ["""{"tool":"twice","arguments":{"text":"ha"}}""", "haha"], (await host.HistoryAsync(Alice)).Value!.Messages.Select(message => message.Content));
        Assert.Equal(made with { NextRun = made.NextRun!.Value.AddSeconds(60), LastRun = made.NextRun, Runs = 1 }, (await host.SchedulesAsync(Alice)).Single());
    }

    [Fact]
    public async Task DueTool_ThatFails_IsAFailedTurn_AndIsNotCalledAgain()
    {
        await using var host = await StartAsync();
        await host.CreateScheduleAsync(Alice, Tool("fail", "{}"));
        host.Time.Advance(TimeSpan.FromSeconds(60));
        await host.RemindAsync(Alice, "schedule");
        await HostUnderTest.UntilAsync(async () => (await host.TurnAsync(Alice, "2")).Value!.Status == TurnStatus.Failed);
        Assert.Equal(
            (AgentRefusals.TurnFailed, "The tool failed. Whether it has done its work is not known."),
            ((await host.TurnAsync(Alice, "2")).Value!.Error!.Code, (await host.TurnAsync(Alice, "2")).Value!.Error!.Detail));
        await host.RemindAsync(Alice);
        Assert.Equal(6, (await host.EventsAsync(Alice)).Value!.Last);
    }

    [Theory]
    [InlineData("unknown", "{}", null, "there is no such tool. The tools are: ")]
    [InlineData("twice", "{}", null, "'text' is missing.")]
    [InlineData("twice", """{"text":1}""", null, "'text' is not of type string.")]
    [InlineData("twice", """{"text":"x"}""", "and a message", "there is either content or a tool.")]
    public async Task Tool_ThatCannotBeCalled_IsRefusedAtOnce(string tool, string arguments, string? content, string told)
    {
        await using var host = await StartAsync();
        var refused = (await host.CreateScheduleAsync(Alice, Tool(tool, arguments) with { Content = content })).Refusal!;
        Assert.Equal(AgentRefusals.InvalidSchedule, refused.Code);
        Assert.Contains(told, refused.Detail, StringComparison.Ordinal);
        Assert.Empty(host.State.KeysOf(Alice));
    }

    [Fact]
    public async Task ErasedAgent_HasNeitherSchedulesNorReminders()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.CreateScheduleAsync(Alice, Every(60, "s1"));
        await host.PostAsync(Alice, "hello", "r1");
        while (!(await host.EraseAsync(Alice)).Value!.IsDone)
            Assert.Empty((await host.CreateScheduleAsync(Alice, Every(60, "s2"))).Value?.Id ?? "");
        Assert.Empty(host.State.KeysOf(Alice));
        Assert.Empty(host.State.RemindersOf(Alice));
        await host.RemindAsync(Alice, "schedule");
        Assert.Empty(host.State.KeysOf(Alice));
        Assert.Empty(await host.SchedulesAsync(Alice));
    }

    [Fact]
    public async Task DamagedAgent_IsNotWokenForEver_AndGoesOnAfterTheRepair()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.CreateScheduleAsync(Alice, Every(60, "s1"));
        var schedules = host.State[Alice, "schedules"];
        host.State[Alice, "schedules"] = "{}";
        await host.DeactivateAsync(Alice);
        host.Time.Advance(TimeSpan.FromSeconds(60));
        await host.RemindAsync(Alice, "schedule");
        Assert.Empty(host.State.RemindersOf(Alice));
        host.State[Alice, "schedules"] = schedules;
        await host.InfoAsync(Alice);
        Assert.Equal(["schedule"], host.State.RemindersOf(Alice));
        await host.RemindAsync(Alice, "schedule");
        Assert.Equal(2, (await host.InfoAsync(Alice)).Value!.MessageCount);
    }

    private static string Fact(Schedule schedule, string status, long? turn = null) =>
        $$"""{"schedule":"{{schedule.Id}}","status":"{{status}}"{{(turn is null ? "" : $",\"turn\":\"{turn}\"")}}}""";

    private static Task<HostUnderTest> StartAsync() => HostUnderTest.StartAsync(
        new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)),
        agents => agents
            .AddTool((string text) => text + text, "twice", "Says it twice.")
            .AddTool(string () => throw new InvalidOperationException("secret"), "fail", "Fails."));

    private static CreateSchedule Tool(string name, string arguments) => new(null, null, null, 60, null, null, null, null, "s1", null, name, arguments);

    private static CreateSchedule Every(int seconds, string requestId) =>
        new("tick", null, null, seconds, null, null, null, null, requestId, null);

    // Gets of records are in no order worth testing; the transaction comes last.
    private static readonly IComparer<string> Calls = Comparer<string>.Create((one, other) => (one.StartsWith("PUT", StringComparison.Ordinal) ? 1 : 0) - (other.StartsWith("PUT", StringComparison.Ordinal) ? 1 : 0));
}
