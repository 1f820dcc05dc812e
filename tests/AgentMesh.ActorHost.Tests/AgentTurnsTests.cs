using AgentMesh.ActorHost.Tests.Responders;
using AgentMesh.Contracts.Agents;
using AgentMesh.Testing.ModelServer;

namespace AgentMesh.ActorHost.Tests;

/// <summary>Turns that a model answers: the real pipeline, a model over HTTP, and calls back to the agent as through a sidecar.</summary>
public sealed class AgentTurnsTests
{
    private const string Alice = "default:alice";

    [Fact]
    public async Task Turn_IsAnsweredByTheModel_OutsideOfTheCall()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await StartAsync(model);
        var posted = (await host.PostAsync(Alice, "hello", "r1", "key")).Value!;
        Assert.Equal((null, 1, 1, "1"), (posted.Response, posted.MessageCount, posted.Seq, posted.TurnId));
        await host.UntilAsync(Alice, 2);

        var turn = (await host.TurnAsync(Alice, "1")).Value!;
        Assert.Equal((TurnStatus.Completed, 2, 2), (turn.Status, turn.Answer!.Seq, turn.Answer.MessageCount));
        Assert.Equal(Reply("hello"), turn.Answer.Response);
        Assert.True(turn.Usage!.OutputTokens > 0);
        var events = (await host.EventsAsync(Alice)).Value!.Events;
        Assert.Equal(["user", "assistant"], events.Select(one => one.Data.Role));
        Assert.Equal(turn.Usage, events[1].Data.Usage);
        Assert.Equal(turn.Answer, (await host.PostAsync(Alice, "hello", "r2", "key")).Value);
        Assert.Equal(1, model.Count);
    }

    [Fact]
    public async Task Reminder_IsThereBeforeTheTurn_AndGoesWhenNothingIsLeft()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await StartAsync(model);
        using var gate = new SemaphoreSlim(0);
        model.Behave(new ModelBehavior { Gate = gate });
        host.State.FailNextPut = Testing.FailedPut.BeforeStoring;
        Assert.False((await host.SendAsync(Alice, nameof(IAgentActor.PostMessage), System.Net.Http.Json.JsonContent.Create(
            new PostMessage("lost", null, "r1", null), Contracts.ContractsJson.Default.PostMessage))).IsSuccessStatusCode);
        Assert.Equal(["work"], host.State.RemindersOf(Alice));
        Assert.Empty(host.State.KeysOf(Alice));
        await host.PostAsync(Alice, "hello", "r1");
        await host.RemindAsync(Alice);
        Assert.Equal(["work"], host.State.RemindersOf(Alice));
        gate.Release(1000);
        await host.UntilAsync(Alice, 2);
        await host.RemindAsync(Alice);
        Assert.Empty(host.State.RemindersOf(Alice));
        await host.RemindAsync(Alice);
        Assert.DoesNotContain("turns", host.State.KeysOf(Alice));
    }

    [Fact]
    public async Task Text_IsAnnouncedAsItComes_AndReadFromItsBeginning()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await StartAsync(model);
        using var gate = new SemaphoreSlim(0);
        model.Behave(new ModelBehavior { Gate = gate });
        await host.PostAsync(Alice, "hello", "r1");
        var text = "";
        for (var n = 0; n < 2; n++)
        {
            gate.Release();
            TurnDelta? delta = null;
            while (delta is null)
                delta = (await host.NextAnnouncementAsync()).Deltas?.Single();
            Assert.Equal((Alice, "default", "1", 1, text.Length), (delta.Agent, delta.Session, delta.Turn, delta.Attempt, delta.At));
            text += delta.Text;
            Assert.Equal([new RunningTurn("1", 1, "default", text)], (await host.EventsAsync(Alice)).Value!.Running!);
        }

        Assert.StartsWith(text, Reply("hello"), StringComparison.Ordinal);
        gate.Release(1000);
        await host.UntilAsync(Alice, 2);
        Assert.Null((await host.EventsAsync(Alice)).Value!.Running);
    }

    [Fact]
    public async Task RunThatIsNotHeardOf_IsRunAgain_AndTheFirstIsNotListenedTo()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var dead = await StartAsync(model, ("AgentMesh:Turns:LeaseSeconds", "15"));
        model.Behave(new ModelBehavior { IsSilent = true });
        await dead.PostAsync(Alice, "hello", "r1");
        await model.Requests.ReadAsync(TestContext.Current.CancellationToken);

        // The process dies; another one takes the agent over.
        await using var host = await StartAsync(model, ("AgentMesh:Turns:LeaseSeconds", "15"));
        foreach (var key in dead.State.KeysOf(Alice))
            host.State[Alice, key] = dead.State[Alice, key];
        await host.RemindAsync(Alice);
        Assert.Equal((TurnStatus.Running, 1), await StatusAsync(host));
        host.Time.Advance(TimeSpan.FromSeconds(15));
        await host.RemindAsync(Alice);
        Assert.Equal((TurnStatus.Running, 2), await StatusAsync(host));
        await host.UntilAsync(Alice, 2);
        Assert.Equal(Reply("hello"), (await host.TurnAsync(Alice, "1")).Value!.Answer!.Response);
        Assert.Equal(2, (await host.EventsAsync(Alice)).Value!.Last);
    }

    [Fact]
    public async Task CutStream_IsRunAgainFromItsBeginning()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await HostUnderTest.StartAsync(TimeProvider.System, SettingsOf(model));
        model.Behave(new ModelBehavior { Fault = ModelFault.Cut, FaultAt = 2 });
        await host.PostAsync(Alice, "hello", "r1");
        await host.UntilAsync(Alice, 2);
        Assert.Equal(Reply("hello"), (await host.TurnAsync(Alice, "1")).Value!.Answer!.Response);
        Assert.Equal(2, model.Count);
    }

    [Fact]
    public async Task ModelThatRefuses_IsAnError_AndTheNextTurnGoesOn()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await StartAsync(model);
        model.Behave(new ModelBehavior { Status = 401, ErrorWord = "invalid_api_key" });
        await host.PostAsync(Alice, "one", "r1", "key");
        // Before or after the model has refused the first one.
        var two = (await host.PostAsync(Alice, "two", "r2")).Value!;
        await host.UntilAsync(Alice, 4);
        var turn = (await host.TurnAsync(Alice, "1")).Value!;
        Assert.Equal((TurnStatus.Failed, "turn_failed"), (turn.Status, turn.Error!.Code));
        Assert.Equal("turn_failed", (await host.PostAsync(Alice, "one", "r3", "key")).Refusal!.Code);
        Assert.Equal(TurnStatus.Completed, (await host.TurnAsync(Alice, two.TurnId)).Value!.Status);
        Assert.Equal(["one", "two", Reply("two")], (await host.HistoryAsync(Alice)).Value!.Messages.Select(message => message.Content));
        Assert.Equal(3, (await host.InfoAsync(Alice)).Value!.MessageCount);
    }

    [Fact]
    public async Task Deadline_EndsTheRun_AndTheRequestToTheModel_WithoutTheReminder()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await StartAsync(model, ("AgentMesh:Turns:DeadlineSeconds", "20"));
        model.Behave(new ModelBehavior { Fault = ModelFault.Hang, FaultAt = 1 });
        await host.PostAsync(Alice, "hello", "r1");
        while ((await host.NextAnnouncementAsync()).Deltas is null)
            Assert.Equal((TurnStatus.Running, 1), await StatusAsync(host));

        host.Time.Advance(TimeSpan.FromSeconds(20) - TimeSpan.FromMilliseconds(1));
        Assert.Equal((TurnStatus.Running, 1), await StatusAsync(host));
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        await host.UntilAsync(Alice, 2);
        var turn = (await host.TurnAsync(Alice, "1")).Value!;
        Assert.Equal((TurnStatus.Failed, "turn_timed_out"), (turn.Status, turn.Error!.Code));
        Assert.True(await model.Abandoned.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Assert.Equal(1, model.Count);
    }

    [Theory]
    [InlineData(299, TurnStatus.Completed)]
    [InlineData(300, TurnStatus.Failed)]
    [InlineData(301, TurnStatus.Failed)]
    public async Task ProviderThatAsksToWait_IsAskedAgain_WhenThatIsBeforeTheDeadline(int seconds, string status)
    {
        var time = new TimerSignals();
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await HostUnderTest.StartAsync(time, SettingsOf(model));
        model.Behave(new ModelBehavior { Status = 429, RetryAfter = $"{seconds}" });
        await host.PostAsync(Alice, "hello", "r1");
        if (status == TurnStatus.Completed)
            await time.PassAsync(TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(seconds));
        await host.UntilAsync(Alice, 2);
        Assert.Equal(status, (await host.TurnAsync(Alice, "1")).Value!.Status);
    }

    [Fact]
    public async Task Cancel_EndsTheTurn_AndTheRequestToTheModel()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await StartAsync(model);
        model.Behave(new ModelBehavior { IsSilent = true });
        await host.PostAsync(Alice, "hello", "r1");
        await model.Requests.ReadAsync(TestContext.Current.CancellationToken);
        var turn = (await host.CancelAsync(Alice, "1")).Value!;
        Assert.Equal((TurnStatus.Canceled, 2, "turn_canceled"), (turn.Status, turn.Error!.Seq, turn.Error.Code));
        Assert.True(await model.Abandoned.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Assert.Equal(turn, (await host.CancelAsync(Alice, "1")).Value);
    }

    [Fact]
    public async Task Interrupt_EndsWhatRuns_AndReject_StoresNothing()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await StartAsync(model);
        model.Behave(new ModelBehavior { IsSilent = true });
        await host.PostAsync(Alice, "one", "r1");
        await model.Requests.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal("turn_running", (await host.PostAsync(Alice, "two", "r2", ifBusy: "reject")).Refusal!.Code);
        Assert.Equal("invalid_if_busy", (await host.PostAsync(Alice, "two", "r2", ifBusy: "later")).Refusal!.Code);
        Assert.Equal("3", (await host.PostAsync(Alice, "three", "r3", ifBusy: "interrupt")).Value!.TurnId);
        await host.UntilAsync(Alice, 4);
        Assert.Equal(TurnStatus.Canceled, (await host.TurnAsync(Alice, "1")).Value!.Status);
        Assert.Equal(TurnStatus.Completed, (await host.TurnAsync(Alice, "3")).Value!.Status);
    }

    [Fact]
    public async Task Model_ReadsTheSessionsMessages_AndNoOthers()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await StartAsync(model);
        var session = (await host.CreateSessionAsync(Alice, "c1")).Value!.Id;
        await host.PostAsync(Alice, "elsewhere", "r1");
        await host.PostAsync(Alice, "first", "r2", session: session);
        await host.UntilAsync(Alice, 4);
        await host.PostAsync(Alice, "second", "r3", session: session);
        await host.UntilAsync(Alice, 6);
        var asked = new List<IEnumerable<string>>();
        while (model.Requests.TryRead(out var request))
            asked.Add(request.Messages.Select(message => message.Text));
        Assert.Contains(asked, one => one.SequenceEqual(["first", Reply("first"), "second"]));
        Assert.Equal(4, (await host.HistoryAsync(Alice, session: session)).Value!.Messages.Count);
    }

    private static string Reply(string message) => ModelReply.Of(new ModelBehavior(), message);

    private static async Task<(string, int)> StatusAsync(HostUnderTest host)
    {
        var turn = (await host.TurnAsync(Alice, "1")).Value!;
        return (turn.Status, turn.Attempt);
    }

    private static Task<HostUnderTest> StartAsync(FakeModelServer model, params (string, string)[] settings) =>
        HostUnderTest.StartAsync([.. SettingsOf(model), .. settings]);

    private static (string, string)[] SettingsOf(FakeModelServer model) =>
    [
        ("AgentMesh:Responder:Provider", "openai"),
        ("AgentMesh:Responder:Endpoint", model.OpenAIEndpoint.ToString()),
        ("AgentMesh:Responder:Model", "test-model"),
        ("AgentMesh:Responder:ApiKey", "sk-test-0123456789"),
    ];
}
