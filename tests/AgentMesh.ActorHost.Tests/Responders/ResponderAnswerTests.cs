using System.Diagnostics;
using AgentMesh.ActorHost.Responders;
using AgentMesh.Testing.ModelServer;

namespace AgentMesh.ActorHost.Tests.Responders;

/// <summary>What a model that works is asked and answers, over HTTP in the providers' protocols.</summary>
public sealed class ResponderAnswerTests
{
    public static TheoryData<string> Providers => [ResponderProviders.OpenAI, ResponderProviders.Anthropic];

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Reply_ComesWordByWord_ThenItsUsageAndCost(string provider)
    {
        await using var model = await ResponderUnderTest.StartAsync(provider, options =>
        {
            options.Prices.Add(new ModelPriceOptions { Model = "other", Input = "1000", Output = "1000" });
            options.Prices.Add(new ModelPriceOptions { Model = "test-model", Input = "3", Output = "0.25" });
        });
        var answer = await model.AnswerAsync();
        Assert.Null(answer.Failure);
        Assert.Equal(["You", " said:", " hello", " there", null], answer.Pieces.Select(piece => piece.Text));
        Assert.All(answer.Pieces.SkipLast(1), piece => Assert.Null(piece.Usage));
        // 2 words at 3 and 4 at 0.25 micro-USD.
        Assert.Equal(new ResponderUsage(2, 4, 7, "test-model", "stop", false), answer.Usage);
        Assert.False(model.Responder.AnswersAtOnce);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Model_IsAskedWithTheWholeConversation(string provider)
    {
        await using var model = await ResponderUnderTest.StartAsync(provider, options =>
        {
            options.SystemPrompt = "Be short.";
            options.MaxOutputTokens = 77;
        });
        ResponderMessage[] messages = [new(true, "first \"quoted\""), new(false, "reply"), new(true, "sécond 🙂")];
        var answer = await model.AnswerAsync(new ResponderRequest(null, null, messages, "7", 1));
        Assert.Equal("You said: sécond 🙂", answer.Text);
        var asked = await model.Server.Requests.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal([("system", "Be short."), ("user", "first \"quoted\""), ("assistant", "reply"), ("user", "sécond 🙂")], asked.Messages);
        Assert.Equal("test-model", asked.Model);
        Assert.True(asked.Body.GetProperty("stream").GetBoolean());
        if (provider == ResponderProviders.OpenAI)
            Assert.True(asked.Body.GetProperty("stream_options").GetProperty("include_usage").GetBoolean());
        Assert.Equal(77, asked.Body.GetProperty(provider == ResponderProviders.OpenAI ? "max_completion_tokens" : "max_tokens").GetInt32());

        await model.AnswerAsync(ResponderUnderTest.Ask(systemPrompt: "Be long."));
        asked = await model.Server.Requests.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(("system", "Be long."), asked.Messages[0]);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Token_IsHandedOnBeforeTheNextOneIsThere(string provider)
    {
        using var gate = new SemaphoreSlim(0);
        await using var model = await ResponderUnderTest.StartAsync(provider);
        model.Server.Behave(new ModelBehavior { Gate = gate });
        await using var pieces = model.Begin("you");
        foreach (var word in new[] { "You", " said:", " you" })
        {
            var next = pieces.MoveNextAsync();
            gate.Release();
            Assert.True(await next);
            Assert.Equal(word, pieces.Current.Text);
        }

        Assert.True(await pieces.MoveNextAsync());
        Assert.NotNull(pieces.Current.Usage);
        Assert.False(await pieces.MoveNextAsync());
    }

    [Theory]
    [InlineData(ResponderProviders.OpenAI, ResponderUnderTest.Key, "authorization", "Bearer " + ResponderUnderTest.Key)]
    [InlineData(ResponderProviders.OpenAI, null, null, null)]
    [InlineData(ResponderProviders.Anthropic, ResponderUnderTest.Key, "x-api-key", ResponderUnderTest.Key)]
    [InlineData(ResponderProviders.Anthropic, null, null, null)]
    public async Task Model_SeesItsKeyAndNothingOfTheMesh(string provider, string? key, string? header, string? value)
    {
        await using var model = await ResponderUnderTest.StartAsync(provider, options => options.ApiKey = key);
        using var activity = new Activity("turn").SetIdFormat(ActivityIdFormat.W3C).AddBaggage("user", "alice").Start();
        Assert.Null((await model.AnswerAsync()).Failure);
        var headers = (await model.Server.Requests.ReadAsync(TestContext.Current.CancellationToken)).Headers;
        string[] known = ["authorization", "x-api-key"];
        Assert.Equal(header is null ? [] : [(header, value!)], headers.Where(sent => known.Contains(sent.Key)).Select(sent => (sent.Key, sent.Value)));
        Assert.DoesNotContain(headers, sent => sent.Key.Contains("dapr", StringComparison.Ordinal) || sent.Value.Contains("dapr", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(headers, sent => sent.Value.Contains("app-secret", StringComparison.Ordinal));
        Assert.DoesNotContain(headers, sent => sent.Key is "traceparent" or "tracestate" or "baggage" or "correlation-context" or "request-id");
    }

    [Theory]
    [InlineData(ResponderProviders.OpenAI, "stop", true, "stop")]
    [InlineData(ResponderProviders.OpenAI, "content_filter", true, "content_filter")]
    [InlineData(ResponderProviders.OpenAI, "length", false, "length")]
    [InlineData(ResponderProviders.Anthropic, "stop", true, "stop")]
    [InlineData(ResponderProviders.Anthropic, "content_filter", true, "content_filter")]
    [InlineData(ResponderProviders.Anthropic, "length", false, "length")]
    public async Task Finish_IsPassedOn_AlsoOfAnAnswerWithoutText(string provider, string finish, bool isEmpty, string expected)
    {
        await using var model = await ResponderUnderTest.StartAsync(provider);
        model.Server.Behave(new ModelBehavior { Finish = finish, IsEmpty = isEmpty });
        var answer = await model.AnswerAsync();
        Assert.Null(answer.Failure);
        Assert.Equal(isEmpty ? "" : "You said: hello there", answer.Text);
        Assert.Equal((expected, 2L, isEmpty ? 0L : 4L), (answer.Usage!.FinishReason, answer.Usage.InputTokens, answer.Usage.OutputTokens));
    }

    // Of OpenAI's protocol only: usage is optional there, and Anthropic's demands it.
    [Fact]
    public async Task TokensThatNobodyCounted_AreEstimatedFromTheText()
    {
        await using var model = await ResponderUnderTest.StartAsync(ResponderProviders.OpenAI, options =>
            options.Prices.Add(new ModelPriceOptions { Model = "test-model", Input = "1", Output = "10" }));
        model.Server.Behave(new ModelBehavior { HasUsage = false });
        var answer = await model.AnswerAsync(ResponderUnderTest.Ask("hello 🙂"));
        Assert.Null(answer.Failure);
        // "hello 🙂" has 10 bytes, "You said: hello 🙂" 20.
        Assert.Equal((4L, 7L, 74L, true), (answer.Usage!.InputTokens, answer.Usage.OutputTokens, answer.Usage.CostMicroUsd, answer.Usage.IsEstimated));
    }

    [Theory]
    [InlineData(ResponderProviders.OpenAI, 30, " 5 6 7 8 9 10 ")]
    [InlineData(ResponderProviders.Anthropic, 30, " 5 6 7 8 9 10 ")]
    [InlineData(ResponderProviders.OpenAI, 3, "")]
    [InlineData(ResponderProviders.OpenAI, 2, "")]
    public async Task EndlessReply_EndsAtItsMostCharacters(string provider, int most, string rest)
    {
        await using var model = await ResponderUnderTest.StartAsync(provider, options => options.MaxReplyCharacters = most);
        model.Server.Behave(new ModelBehavior { IsEndless = true });
        var answer = await model.AnswerAsync();
        Assert.Null(answer.Failure);
        Assert.Equal(("You said: hello there" + rest)[..most], answer.Text);
        Assert.Equal(("length", true), (answer.Usage!.FinishReason, answer.Usage.IsEstimated));
        // The connection is closed, so that the provider stops writing.
        await model.Server.Abandoned.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(21, "You said: hello there", "stop")]
    [InlineData(20, "You said: hello ther", "length")]
    public async Task ReplyOfExactlyTheMostCharacters_IsComplete(int most, string text, string finish)
    {
        await using var model = await ResponderUnderTest.StartAsync(ResponderProviders.OpenAI, options => options.MaxReplyCharacters = most);
        var answer = await model.AnswerAsync();
        Assert.Equal((text, finish), (answer.Text, answer.Usage!.FinishReason));
    }

    [Fact]
    public async Task CutReply_PartsNoCharacter()
    {
        await using var model = await ResponderUnderTest.StartAsync(ResponderProviders.OpenAI, options => options.MaxReplyCharacters = 12);
        Assert.Equal("You said: 🙂", (await model.AnswerAsync(ResponderUnderTest.Ask("🙂🙂"))).Text);
        model.Options.MaxReplyCharacters = 13;
        Assert.Equal("You said: 🙂", (await model.AnswerAsync(ResponderUnderTest.Ask("🙂🙂"))).Text);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Span_HasModelAndTokens_AndNoText(string provider)
    {
        var name = $"traced-{provider}";
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ModelClients.TelemetrySource,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (Equals(span.GetTagItem("gen_ai.request.model"), name))
                    spans.Add(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var model = await ResponderUnderTest.StartAsync(provider, options => options.Model = name);
        await model.AnswerAsync(ResponderUnderTest.Ask("confidential", "instructions"));
        var span = Assert.Single(spans);
        Assert.Equal(3, span.GetTagItem("gen_ai.usage.output_tokens") is int or long ? Convert.ToInt64(span.GetTagItem("gen_ai.usage.output_tokens"), null) : -1);
        var told = string.Join('\n', span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}").Concat(span.Events.Select(told => told.Name)));
        Assert.DoesNotContain("confidential", told, StringComparison.Ordinal);
        Assert.DoesNotContain("instructions", told, StringComparison.Ordinal);
    }
}
