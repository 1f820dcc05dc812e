using System.ComponentModel;
using AgentMesh.ActorHost.Responders;
using AgentMesh.ActorHost.Tests.Responders;
using AgentMesh.ActorHost.Tools;
using AgentMesh.ActorHost.Turns;
using AgentMesh.Testing.ModelServer;

namespace AgentMesh.ActorHost.Tests.Tools;

/// <summary>What a model that asks for tools gets, over HTTP in the providers' protocols.</summary>
public sealed class ToolCallTests
{
    public static TheoryData<string> Providers => [ResponderProviders.OpenAI, ResponderProviders.Anthropic];

    [Theory]
    // Words of the first request, then of the second (which has the result as text with one provider and as a part with the other); a call is a token.
    [InlineData(ResponderProviders.OpenAI, 2 + 7, 5 + 6)]
    [InlineData(ResponderProviders.Anthropic, 2 + 6, 5 + 6)]
    public async Task Tool_IsCalled_AndTheModelAnswersWithItsResult(string provider, long read, long written)
    {
        await using var model = await ResponderUnderTest.StartAsync(provider, options =>
            options.Prices.Add(new ModelPriceOptions { Model = "test-model", Input = "1", Output = "10" }));
        model.Server.Behave(new ModelBehavior { Calls = [new("add", """{"a":2,"b":3}""")] });
        var tools = new ToolsUnderTest(model.Time, Add());
        var answer = await model.AnswerAsync(tools.Ask());
        Assert.Null(answer.Failure);
        Assert.Equal("You said: hello there\n\nYou said: the tools said 5", answer.Text);
        Assert.Equal(new ResponderUsage(read, written, read + (10 * written), "test-model", "stop", false), answer.Usage);

        var (first, second) = (await NextAsync(model), await NextAsync(model));
        Assert.Equal(["add"], first.Tools);
        Assert.Equal(["add"], second.Tools);
        Assert.Equal(["5"], second.ToolResults);
        Assert.Equal(2, model.Server.Count);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task SeveralCallsOfOneAnswer_AreMadeInTheirOrder(string provider)
    {
        await using var model = await ResponderUnderTest.StartAsync(provider);
        model.Server.Behave(new ModelBehavior { IsEmpty = true, Calls = [new("note", """{"text":"one"}"""), new("note", """{"text":"two"}"""), new("add", """{"a":1,"b":1}""")] });
        var notes = new List<string>();
        var tools = new ToolsUnderTest(
            model.Time, Add(), AgentTool.Of((string text) => { notes.Add(text); return $"noted {text}"; }, "note", "Notes."));
        var answer = await model.AnswerAsync(tools.Ask());
        Assert.Equal("You said: the tools said noted one and noted two and 2", answer.Text);
        Assert.Equal(["one", "two"], notes);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task WhatIsWrongWithACall_TheModelIsTold_AndNothingIsCalled(string provider)
    {
        (string Name, string Arguments, string Told)[] rows =
        [
            ("sub", "{}", "there is no such tool. The tools are: add."),
            ("add", "{}", "'a' is missing."),
            ("add", """{"a":2}""", "'b' is missing."),
            ("add", """{"a":2,"b":"three"}""", "'b' is not of type integer."),
            ("add", """{"a":2,"b":1.5}""", "'b' is not of type integer."),
            ("add", """{"a":2,"b":""", "Not called"),
            ("add", "[1,2]", "Not called"),
            ("add", $$"""{"a":2,"b":3,"c":"{{new string('x', ToolLimits.ArgumentBytes)}}"}""", "more than 65536 bytes"),
        ];
        foreach (var (name, arguments, told) in rows)
        {
            await using var model = await ResponderUnderTest.StartAsync(provider);
            model.Server.Behave(new ModelBehavior { IsEmpty = true, Calls = [new(name, arguments)] });
            var tools = new ToolsUnderTest(model.Time, AgentTool.Of((int a, int b) => Never(), "add", "Adds."));
            var answer = await model.AnswerAsync(tools.Ask());
            Assert.Null(answer.Failure);
            Assert.Contains(told, answer.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("called it", answer.Text, StringComparison.Ordinal);
        }
    }

    /// <summary>Before each call the agent hears of it, and a run that has lost its turn makes no further one.</summary>
    [Theory]
    [InlineData(0, 2, "7/2 1 note started,7/2 1 note completed,7/2 2 note started,7/2 2 note completed")]
    [InlineData(1, 0, "7/2 1 note started")]
    [InlineData(2, 1, "7/2 1 note started,7/2 1 note completed")]
    [InlineData(3, 1, "7/2 1 note started,7/2 1 note completed,7/2 2 note started")]
    public async Task RunThatHasLostItsTurn_CallsNothing(int lostAt, int calls, string notes)
    {
        await using var model = await ResponderUnderTest.StartAsync(ResponderProviders.OpenAI);
        model.Server.Behave(new ModelBehavior { IsEmpty = true, Calls = [new("note", "{}"), new("sub", "{}"), new("note", "{}")] });
        var called = 0;
        var tools = new ToolsUnderTest(model.Time, AgentTool.Of(() => { called++; }, "note", "Notes.")) { LostAtNote = lostAt };
        if (lostAt == 0)
            Assert.Null((await model.AnswerAsync(tools.Ask())).Failure);
        else
            await Assert.ThrowsAsync<TurnLostException>(() => model.AnswerAsync(tools.Ask()));
        Assert.Equal((calls, notes), (called, string.Join(',', tools.Notes)));
    }

    [Fact]
    public async Task ToolThatThrows_IsAResult_AndItsMessageIsNobodysToRead()
    {
        await using var model = await ResponderUnderTest.StartAsync(ResponderProviders.OpenAI);
        model.Server.Behave(new ModelBehavior { IsEmpty = true, Calls = [new("fail", "{}")] });
        var tools = new ToolsUnderTest(model.Time, AgentTool.Of(string () => throw new InvalidOperationException("secret"), "fail", "Fails."));
        var answer = await model.AnswerAsync(tools.Ask());
        Assert.Equal("You said: the tools said The tool failed. Whether it has done its work is not known.", answer.Text);
        Assert.Equal(["Tool fail failed in turn 7, attempt 2: InvalidOperationException"], tools.Log);
    }

    [Theory]
    [InlineData(ToolLimits.ResultBytes, false)]
    [InlineData(ToolLimits.ResultBytes + 1, true)]
    public async Task Result_IsCutAtItsMostBytes(int bytes, bool isCut)
    {
        await using var model = await ResponderUnderTest.StartAsync(ResponderProviders.OpenAI);
        model.Server.Behave(new ModelBehavior { IsEmpty = true, Calls = [new("long", "{}")] });
        var result = new string('x', bytes - 3) + "€";
        await model.AnswerAsync(new ToolsUnderTest(model.Time, AgentTool.Of(() => result, "long", "Long.")).Ask());
        await NextAsync(model);
        var told = Assert.Single((await NextAsync(model)).ToolResults);
        Assert.Equal(isCut ? new string('x', bytes - 3) + "\n[cut: a result has at most 16384 bytes]" : result, told);
    }

    [Fact]
    public async Task ToolThatDoesNotEnd_IsLeft_AndTheTurnGoesOn()
    {
        await using var model = await ResponderUnderTest.StartAsync(ResponderProviders.OpenAI);
        model.Server.Behave(new ModelBehavior { IsEmpty = true, Calls = [new("hang", "{}")] });
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // Without a token: it cannot know that it is left.
        var tools = new ToolsUnderTest(model.Time, AgentTool.Of(async () => { called.SetResult(); await new TaskCompletionSource().Task; }, "hang", "Hangs."));
        var answering = model.AnswerAsync(tools.Ask());
        await called.Task;
        model.Time.Advance(TimeSpan.FromSeconds(60) - TimeSpan.FromMilliseconds(1));
        Assert.False(answering.IsCompleted);
        model.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Contains("did not end within 60 s", (await answering).Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task ModelThatNeverStopsCalling_IsAskedALastTimeWithoutTools(string provider)
    {
        await using var model = await ResponderUnderTest.StartAsync(provider);
        var loop = new ModelBehavior { IsEmpty = true, Calls = [new("add", """{"a":1,"b":1}""")] };
        model.Server.Behave([.. Enumerable.Repeat(loop, 3)]);
        var answer = await model.AnswerAsync(new ToolsUnderTest(model.Time, options => options.MaxModelCalls = 4, Add()).Ask());
        Assert.Equal("You said: the tools said 2 and 2 and 2", answer.Text);
        Assert.Equal(4, model.Server.Count);
        for (var n = 1; n <= 3; n++)
            Assert.True((await NextAsync(model)).MayCall);
        var last = await NextAsync(model);
        Assert.False(last.MayCall);
        // What was called before has to be named with Anthropic, and forbidden.
        Assert.Equal(provider == ResponderProviders.Anthropic ? ["add"] : [], last.Tools);
    }

    [Fact]
    public async Task OneCallOfTheModel_IsOneWithoutTools()
    {
        await using var model = await ResponderUnderTest.StartAsync(ResponderProviders.Anthropic);
        var answer = await model.AnswerAsync(new ToolsUnderTest(model.Time, options => options.MaxModelCalls = 1, Add()).Ask());
        Assert.Equal("You said: hello there", answer.Text);
        Assert.False((await NextAsync(model)).MayCall);
    }

    [Fact]
    public async Task CallsOverTheirLimit_AreNotMade_AndTheModelIsAskedWithoutTools()
    {
        await using var model = await ResponderUnderTest.StartAsync(ResponderProviders.OpenAI);
        var twice = new ModelBehavior { IsEmpty = true, Calls = [new("count", "{}"), new("count", "{}")] };
        model.Server.Behave(twice, twice);
        var count = 0;
        var tools = new ToolsUnderTest(model.Time, options => options.MaxToolCalls = 3, AgentTool.Of(() => ++count, "count", "Counts."));
        var answer = await model.AnswerAsync(tools.Ask());
        Assert.Equal(
            "You said: the tools said 1 and 2 and 3 and Not called: a turn has 3 calls of tools, and they are used up. Answer with what you know.", answer.Text);
        Assert.Equal(3, count);
        for (var n = 1; n <= 3; n++)
            Assert.Equal(n < 3, (await NextAsync(model)).MayCall);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task CallOfTheModelThatIsRepeated_RepeatsNoTool(string provider)
    {
        await using var model = await ResponderUnderTest.StartAsync(provider);
        var count = 0;
        model.Server.Behave(
            new ModelBehavior { Calls = [new("count", "{}")] },
            new ModelBehavior { Status = 500 });
        var answering = model.AnswerAsync(new ToolsUnderTest(model.Time, AgentTool.Of(() => ++count, "count", "Counts.")).Ask());
        await model.Time.PassAsync(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10));
        Assert.Equal("You said: hello there\n\nYou said: the tools said 1", (await answering).Text);
        Assert.Equal(1, count);
    }

    [Fact]
    public async Task AnswerThatBreaksWithItsCalls_CallsNothing()
    {
        await using var model = await ResponderUnderTest.StartAsync(ResponderProviders.OpenAI);
        model.Server.Behave(new ModelBehavior { Calls = [new("never", "{}")], Fault = ModelFault.Close, FaultAt = 2 });
        var answer = await model.AnswerAsync(new ToolsUnderTest(model.Time, AgentTool.Of(Never, "never", "Never.")).Ask());
        Assert.Equal(("You said:", ResponderFailures.ModelCutOff), (answer.Text, answer.Failure!.Code));
        Assert.Equal(1, model.Server.Count);
    }

    [Theory]
    [InlineData(ToolLimits.AnswerCalls, null)]
    [InlineData(ToolLimits.AnswerCalls + 1, ResponderFailures.ModelRejected)]
    public async Task MoreCallsAtOnceThanAnybodyNeeds_AreAFailure(int calls, string? code)
    {
        await using var model = await ResponderUnderTest.StartAsync(ResponderProviders.OpenAI);
        model.Server.Behave(new ModelBehavior { Calls = [.. Enumerable.Repeat(new ModelToolCall("add", """{"a":1,"b":1}"""), calls)] });
        var answer = await model.AnswerAsync(new ToolsUnderTest(model.Time, Add()).Ask());
        Assert.Equal(code, answer.Failure?.Code);
    }

    [Fact]
    public async Task Tool_KnowsForWhomItIsCalled_AndTheModelDoesNotSaySo()
    {
        await using var model = await ResponderUnderTest.StartAsync(ResponderProviders.OpenAI);
        model.Server.Behave(new ModelBehavior { IsEmpty = true, Calls = [new("who", """{"greeting":"Hi","context":{"turnId":"9"}}""")] });
        var tool = AgentTool.Of(
            ([Description("The first word.")] string greeting, ToolContext context, CancellationToken cancellationToken) =>
                $"{greeting} {context.Agent}, session {context.SessionId}, turn {context.TurnId}.{context.Attempt}, {cancellationToken.CanBeCanceled}",
            "who", "Says who.");
        var answer = await model.AnswerAsync(new ToolsUnderTest(model.Time, tool).Ask());
        Assert.Equal("You said: the tools said Hi default:alice, session s1, turn 7.2, True", answer.Text);
        var schema = tool.Function.JsonSchema.GetProperty("properties");
        Assert.Equal("The first word.", schema.GetProperty("greeting").GetProperty("description").GetString());
        Assert.Single(schema.EnumerateObject());
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("a.b")]
    public void NameThatNoProviderTakes_IsRefused(string name) => Assert.ThrowsAny<ArgumentException>(() => AgentTool.Of(Never, name, ""));

    private static AgentTool Add() => AgentTool.Of((int a, int b) => a + b, "add", "Adds.");

    private static string Never() => "called it";

    private static async Task<ModelRequest> NextAsync(ResponderUnderTest model) => await model.Server.Requests.ReadAsync(TestContext.Current.CancellationToken);
}
