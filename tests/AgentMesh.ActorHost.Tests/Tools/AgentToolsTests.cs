using System.Text.Json;
using AgentMesh.ActorHost.Tests.Responders;
using AgentMesh.ActorHost.Tools;
using AgentMesh.Contracts.Agents;
using AgentMesh.Testing.ModelServer;
using Microsoft.Extensions.AI;

namespace AgentMesh.ActorHost.Tests.Tools;

/// <summary>Tools in turns: the real pipeline, a model over HTTP, and calls to the agent as through a sidecar.</summary>
public sealed class AgentToolsTests
{
    private const string Alice = "default:alice";

    [Fact]
    public async Task SearchHistory_FindsOlderMessagesOfTheSession_AndOfNoOther()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await HostUnderTest.StartAsync(SettingsOf(model));
        var session = (await host.CreateSessionAsync(Alice, "c1")).Value!.Id;
        await host.PostAsync(Alice, "my parrot is green", "r1");
        await host.UntilAsync(Alice, 2);
        await host.PostAsync(Alice, "another parrot", "r2", session: session);
        await host.UntilAsync(Alice, 4);
        model.Behave(new ModelBehavior { IsEmpty = true, Calls = [new("search_history", """{"query":"PARROT"}""")] });
        await host.PostAsync(Alice, "what color is the parrot?", "r3");
        await host.UntilAsync(Alice, 8);

        var asked = await LastRequestAsync(model, 4);
        Assert.Equal(["search_history", "schedule_message", "list_schedules", "cancel_schedule", "pay_url", "send_to_agent"], asked.Tools);
        Assert.Equal(
            "1 2026-01-02 03:04:05Z user: my parrot is green\n2 2026-01-02 03:04:05Z assistant: You said: my parrot is green\nThere are no older ones.",
            Assert.Single(asked.ToolResults));
        var turn = (await host.TurnAsync(Alice, "5")).Value!;
        Assert.StartsWith("You said: the tools said", turn.Answer!.Response, StringComparison.Ordinal);
        // Both calls of the model are in it: the second one alone has written more than the first, which only asked for a tool.
        Assert.True(turn.Usage!.OutputTokens > 1);
    }

    [Theory]
    [InlineData("""{"query":""}""", "The text to search for")]
    [InlineData("""{"query":"nowhere"}""", "Nothing was found here.")]
    [InlineData("""{"query":"hello","before":1}""", "Nothing was found here.")]
    public async Task SearchHistory_SaysWhatItDoesNotFind(string arguments, string told)
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await HostUnderTest.StartAsync(SettingsOf(model));
        await host.PostAsync(Alice, "hello", "r1");
        await host.UntilAsync(Alice, 2);
        model.Behave(new ModelBehavior { IsEmpty = true, Calls = [new("search_history", arguments)] });
        await host.PostAsync(Alice, "search", "r2");
        await host.UntilAsync(Alice, 6);
        Assert.StartsWith(told, Assert.Single((await LastRequestAsync(model, 3)).ToolResults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deadline_EndsATurnWhoseToolDoesNotEnd()
    {
        var time = new TimerSignals();
        var called = new TaskCompletionSource<CancellationToken>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await HostUnderTest.StartAsync(
            time,
            agents => agents.AddTool(
                async (CancellationToken cancellationToken) =>
                {
                    called.SetResult(cancellationToken);
                    await new TaskCompletionSource().Task;
                },
                "hang",
                "Hangs."),
            [.. SettingsOf(model), ("AgentMesh:Turns:DeadlineSeconds", "20")]);
        model.Behave(new ModelBehavior { Calls = [new("hang", "{}")] });
        await host.PostAsync(Alice, "hello", "r1");
        var token = await called.Task.WaitAsync(ResponderUnderTest.Patience, TestContext.Current.CancellationToken);
        Assert.False(token.IsCancellationRequested);
        time.Advance(TimeSpan.FromSeconds(20));
        await host.UntilAsync(Alice, 3);
        Assert.Equal("turn_timed_out", (await host.TurnAsync(Alice, "1")).Value!.Error!.Code);
        Assert.True(token.IsCancellationRequested);
        Assert.Equal(1, model.Count);
    }

    [Theory]
    [InlineData(null, "cancel_schedule,list_schedules,pay_url,schedule_message,search_history,send_to_agent,twice")]
    [InlineData("twice", "twice")]
    [InlineData(" twice , search_history", "search_history,twice")]
    [InlineData("none", "")]
    public async Task Setting_ChoosesTheTools(string? setting, string offered)
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await StartAsync(model, setting, Twice);
        await host.PostAsync(Alice, "hello", "r1");
        await host.UntilAsync(Alice, 2);
        Assert.Equal(offered, string.Join(',', (await LastRequestAsync(model, 1)).Tools.Order()));
    }

    [Fact]
    public async Task ToolThatIsNotThere_OrThereTwice_IsAFailedStart()
    {
        await using var model = await FakeModelServer.StartAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(model, "twice", _ => { }));
        await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(model, null, agents => { Twice(agents); Twice(agents); }));
    }

    // With the agent's own seven they are 64 and 65.
    [Theory]
    [InlineData(ToolLimits.Tools - 7, true)]
    [InlineData(ToolLimits.Tools - 6, false)]
    public async Task ToolsOverTheirLimit_AreAFailedStart(int count, bool starts)
    {
        await using var model = await FakeModelServer.StartAsync();
        var starting = StartAsync(model, null, agents =>
        {
            for (var n = 0; n < count; n++)
                agents.AddTool(() => "", $"tool_{n}", "");
        });
        if (starts)
            await (await starting).DisposeAsync();
        else
            await Assert.ThrowsAnyAsync<Exception>(() => starting);
    }

    [Theory]
    [InlineData("MaxModelCalls", "0", false)]
    [InlineData("MaxModelCalls", "1", true)]
    [InlineData("MaxModelCalls", "100", true)]
    [InlineData("MaxModelCalls", "101", false)]
    [InlineData("MaxToolCalls", "0", false)]
    [InlineData("MaxToolCalls", "1", true)]
    [InlineData("ToolTimeoutSeconds", "0", false)]
    public async Task Limits_AreCheckedAtStart(string name, string value, bool starts)
    {
        var starting = HostUnderTest.StartAsync(($"AgentMesh:Turns:{name}", value));
        if (starts)
            await (await starting).DisposeAsync();
        else
            await Assert.ThrowsAsync<InvalidOperationException>(() => starting);
    }

    [Fact]
    public async Task OwnChatClient_Answers_AndCallsOwnTools()
    {
        // Whatever the settings say.
        await using var host = await HostUnderTest.StartAsync(
            TimeProvider.System,
            agents =>
            {
                Twice(agents);
                agents.UseChatClient(_ => new OwnClient());
            },
            ("AgentMesh:Responder:Provider", "anthropic"));
        await host.PostAsync(Alice, "hello", "r1");
        await host.UntilAsync(Alice, 4);
        var turn = (await host.TurnAsync(Alice, "1")).Value!;
        Assert.Equal("It is hellohello.", turn.Answer!.Response);
        // Estimated, as of any model that counts nothing.
        Assert.True(turn.Usage!.OutputTokens > 0);
    }

    [Fact]
    public async Task Calls_AreInTheLog_WithTheirOutcome()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await StartAsync(model, null, agents =>
        {
            Twice(agents);
            agents.AddTool(string () => throw new InvalidOperationException("secret"), "fail", "Fails.");
        });
        model.Behave(new ModelBehavior
        {
            IsEmpty = true,
            Calls = [new("twice", """{"text":"a"}"""), new("fail", "{}"), new("unknown", "{}"), new("twice", """{"text":"b"}""")],
        });
        await host.PostAsync(Alice, "hello", "r1");
        await host.UntilAsync(Alice, 8);
        var log = (await host.EventsAsync(Alice)).Value!.Events;
        Assert.Equal(["message", "tool", "tool", "tool", "tool", "tool", "tool", "message"], log.Select(one => one.Type));
        Assert.Equal(
            ["1 twice started", "1 twice completed", "2 fail started", "2 fail failed", "3 twice started", "3 twice completed"],
            log.Where(one => one.Type == EventTypes.Tool).Select(one => JsonElement.Parse(one.Data.Json!)).Select(data =>
            {
                Assert.Equal(("1", 1), (data.GetProperty("turn").GetString(), data.GetProperty("attempt").GetInt32()));
                var status = data.GetProperty("status").GetString();
                Assert.Equal(status != ToolStatus.Started, data.TryGetProperty("durationMs", out _));
                return $"{data.GetProperty("call")} {data.GetProperty("tool")} {status}";
            }));
    }

    [Theory]
    [InlineData("""{"content":"wake up","inSeconds":90}""", 90)]
    [InlineData("""{"content":"wake up","at":"2026-01-02T03:05:05Z"}""", 59.322)]
    [InlineData("""{"content":"wake up","everySeconds":60}""", 60)]
    [InlineData("""{"content":"wake up","cron":"0 5 * * *","timeZone":"Europe/Berlin"}""", 3354.322)]
    public async Task Schedule_IsMadeByTheModel_OnceForAllRunsOfTheTurn(string arguments, double seconds)
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await HostUnderTest.StartAsync([.. SettingsOf(model), ("AgentMesh:Responder:Retries", "0")]);
        var call = new ModelBehavior { IsEmpty = true, Calls = [new("schedule_message", arguments)] };
        model.Behave(call, new ModelBehavior { Status = 500 }, call);
        await host.PostAsync(Alice, "wake me", "r1");
        // The first run fails when it has made the schedule; the next one, after a pause, asks for the same.
        await HostUnderTest.UntilAsync(async () =>
        {
            host.Time.Advance(TimeSpan.FromMilliseconds(model.Count < 2 ? 0 : 100));
            return (await host.TurnAsync(Alice, "1")).Value!.Status == TurnStatus.Completed;
        });
        var made = Assert.Single(await host.SchedulesAsync(Alice));
        Assert.Equal(("wake up", "default"), (made.Content, made.SessionId));
        Assert.Equal(seconds, (made.NextRun! - made.CreatedAt).Value.TotalSeconds, 3);
        var first = (await host.TurnAsync(Alice, "1")).Value!.Answer!.Response;
        Assert.Contains(arguments.Contains("inSeconds", StringComparison.Ordinal) ? "It was scheduled before" : $"the id {made.Id}", first, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"content":"x"}""", "exactly one of at, everySeconds and cron")]
    [InlineData("""{"content":"x","at":"tomorrow"}""", "at is not a time")]
    [InlineData("""{"content":"x","at":"2026-01-02T03:05:05Z","inSeconds":1}""", "at is not a time, or it stands beside inSeconds")]
    [InlineData("""{"content":"x","inSeconds":-1}""", "at is a time to come")]
    [InlineData("""{"content":"x","everySeconds":9}""", "everySeconds is 10")]
    [InlineData("""{"content":"","inSeconds":1}""", "Not scheduled")]
    public async Task Schedule_ThatIsNone_TheModelIsTold(string arguments, string told)
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await HostUnderTest.StartAsync(SettingsOf(model));
        model.Behave(new ModelBehavior { IsEmpty = true, Calls = [new("schedule_message", arguments)] });
        await host.PostAsync(Alice, "wake me", "r1");
        await host.UntilAsync(Alice, 4);
        Assert.Contains(told, (await host.TurnAsync(Alice, "1")).Value!.Answer!.Response, StringComparison.Ordinal);
        Assert.Empty(await host.SchedulesAsync(Alice));
    }

    [Fact]
    public async Task Schedules_AreListedAndRemovedByTheModel()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await HostUnderTest.StartAsync(SettingsOf(model));
        var made = (await host.CreateScheduleAsync(Alice, new("tick", null, null, 60, null, null, null, null, "s1", null))).Value!;
        model.Behave(new ModelBehavior { IsEmpty = true, Calls = [new("list_schedules", "{}"), new("cancel_schedule", $$"""{"id":"{{made.Id}}"}"""), new("cancel_schedule", """{"id":"x"}""")] });
        await host.PostAsync(Alice, "what is planned?", "r1");
        await HostUnderTest.UntilAsync(async () => (await host.TurnAsync(Alice, "2")).Value!.Status == TurnStatus.Completed);
        Assert.Equal(
            [
                $"It is 2026-01-02 03:04:05Z. There are 1 schedules.\n{made.Id} active next 2026-01-02 03:05:05Z: tick",
                "Removed.",
                "Not removed: The agent has no such schedule.",
            ],
            (await LastRequestAsync(model, 2)).ToolResults);
        Assert.Empty(await host.SchedulesAsync(Alice));
    }

    private static void Twice(AgentHostBuilder agents) => agents.AddTool((string text) => text + text, "twice", "Says it twice.");

    private static Task<HostUnderTest> StartAsync(FakeModelServer model, string? tools, Action<AgentHostBuilder> configure) => HostUnderTest.StartAsync(
        TimeProvider.System, configure, tools is null ? SettingsOf(model) : [.. SettingsOf(model), ("AgentMesh:Responder:Tools", tools)]);

    private static async Task<ModelRequest> LastRequestAsync(FakeModelServer model, int count)
    {
        ModelRequest? last = null;
        for (var n = 0; n < count; n++)
            last = await model.Requests.ReadAsync(TestContext.Current.CancellationToken);
        return last!;
    }

    private static (string, string)[] SettingsOf(FakeModelServer model) =>
    [
        ("AgentMesh:Responder:Provider", "openai"),
        ("AgentMesh:Responder:Endpoint", model.OpenAIEndpoint.ToString()),
        ("AgentMesh:Responder:Model", "test-model"),
    ];

    private sealed class OwnClient : IChatClient
    {
        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            var last = messages.Last();
            ChatResponseUpdate update = last.Contents[0] is FunctionResultContent result
                ? new(ChatRole.Assistant, $"It is {result.Result}.")
                : new(ChatRole.Assistant, [new FunctionCallContent("1", options!.Tools!.Single(tool => tool.Name == "twice").Name, new Dictionary<string, object?> { ["text"] = last.Text })]);
            return new[] { update }.ToAsyncEnumerable();
        }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
