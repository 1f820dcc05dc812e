using AgentMesh.ActorHost.Responders;
using AgentMesh.Testing.ModelServer;
using Microsoft.Extensions.AI;

namespace AgentMesh.ActorHost.Tests.Responders;

/// <summary>What is held for a reply, and what is known of its cost, over HTTP in the providers' protocols.</summary>
public sealed class ResponderFundsTests
{
    public static TheoryData<string> Providers => [ResponderProviders.OpenAI, ResponderProviders.Anthropic];

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Reply_IsHeldForByItsLongest_AndCostsWhatItsUsageSays(string provider)
    {
        await using var model = await StartAsync(provider);
        var funds = new FakeFunds();
        var answer = await model.AnswerAsync(Ask(funds));
        // "hello there" has 11 bytes, which are 4 tokens, and 16 are around it; 2,048 is the longest reply.
        Assert.Equal([new CallEstimate(20, 20 * 3 + 2048 * 15, 20 * 3 + 64 * 15)], funds.Asked);
        Assert.Equal([null], funds.Told);
        Assert.Equal(2 * 3 + 4 * 15, answer.Usage!.CostMicroUsd);
        Assert.Equal(answer.Usage.CostMicroUsd, funds.Counted);
    }

    [Theory]
    // The least: 20 tokens read and 64 written.
    [InlineData(1019, null)]
    [InlineData(1020, 64)]
    [InlineData(1034, 64)]
    [InlineData(1035, 65)]
    [InlineData(30_779, 2047)]
    [InlineData(30_780, 2048)]
    [InlineData(1_000_000, 2048)]
    public async Task Reply_IsNoLongerThanWhatIsPaidFor(long available, int? mostTokens)
    {
        await using var model = await StartAsync(ResponderProviders.OpenAI);
        var funds = new FakeFunds(available);
        if (mostTokens is null)
        {
            Assert.Equal("budget_exceeded", (await Assert.ThrowsAsync<BudgetReachedException>(() => model.AnswerAsync(Ask(funds)))).Code);
            Assert.Equal(0, model.Server.Count);
            return;
        }

        await model.AnswerAsync(Ask(funds));
        var asked = await model.Server.Requests.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(mostTokens, asked.Body.GetProperty("max_completion_tokens").GetInt32());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task ModelWithoutAPrice_IsHeldNothingFor(string provider)
    {
        await using var model = await ResponderUnderTest.StartAsync(provider);
        var funds = new FakeFunds(0);
        Assert.Null((await model.AnswerAsync(Ask(funds))).Failure);
        Assert.Empty(funds.Held);
    }

    [Theory]
    // Refused before anything was generated.
    [InlineData(ResponderProviders.OpenAI, 429, true)]
    [InlineData(ResponderProviders.OpenAI, 503, true)]
    [InlineData(ResponderProviders.OpenAI, 409, true)]
    [InlineData(ResponderProviders.Anthropic, 529, true)]
    // Who knows what it has done.
    [InlineData(ResponderProviders.OpenAI, 500, false)]
    [InlineData(ResponderProviders.OpenAI, 502, false)]
    [InlineData(ResponderProviders.OpenAI, 504, false)]
    [InlineData(ResponderProviders.OpenAI, 408, false)]
    public async Task EachTry_HasItsHold_AndARefusedOneCostsNothing(string provider, int status, bool isFree)
    {
        await using var model = await StartAsync(provider);
        model.Server.Behave(new ModelBehavior { Status = status });
        var funds = new FakeFunds();
        var answering = model.AnswerAsync(Ask(funds));
        await model.Time.PassAsync(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(5));
        var answer = await answering;
        Assert.Null(answer.Failure);
        Assert.Equal(2, funds.Held.Count);
        Assert.Equal([null, isFree ? 0 : null], funds.Told);
        Assert.Equal(answer.Usage!.CostMicroUsd, funds.LastMicroUsd);
        Assert.Equal(answer.Usage.CostMicroUsd + (isFree ? 0 : funds.Held[0]), funds.Counted);
    }

    [Theory]
    [InlineData(401, 0L)]
    [InlineData(400, 0L)]
    [InlineData(307, 0L)]
    [InlineData(413, 0L)]
    public async Task FinalRefusal_CostsNothing(int status, long? cost)
    {
        await using var model = await StartAsync(ResponderProviders.OpenAI);
        model.Server.Behave(new ModelBehavior { Status = status });
        var funds = new FakeFunds();
        Assert.NotNull((await model.AnswerAsync(Ask(funds))).Failure);
        Assert.Equal(cost, funds.LastMicroUsd);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task CutStream_CostsAllThatWasHeld_AlsoOfATryThatIsRepeated(string provider)
    {
        await using var model = await StartAsync(provider);
        model.Server.Behave(new ModelBehavior { Fault = ModelFault.Cut, FaultAt = 0 }, new ModelBehavior { Fault = ModelFault.Close, FaultAt = 2 });
        var funds = new FakeFunds();
        var answering = model.AnswerAsync(Ask(funds));
        await model.Time.PassAsync(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(5));
        Assert.Equal(ResponderFailures.ModelCutOff, (await answering).Failure!.Code);
        Assert.Equal([null, null], funds.Told);
        Assert.Null(funds.LastMicroUsd);
        Assert.Equal(funds.Held.Sum(), funds.Counted);
    }

    /// <summary>Anthropic's errors in the stream come after a good status, and so perhaps after work that is charged.</summary>
    [Fact]
    public async Task ErrorInTheStream_CostsAllThatWasHeld()
    {
        await using var model = await StartAsync(ResponderProviders.Anthropic, options => options.Retries = 0);
        model.Server.Behave(new ModelBehavior { Fault = ModelFault.Error, FaultAt = 0 });
        var funds = new FakeFunds();
        Assert.Equal(ResponderFailures.ModelUnavailable, (await model.AnswerAsync(Ask(funds))).Failure!.Code);
        Assert.Null(funds.LastMicroUsd);
    }

    [Theory]
    [InlineData(false, 200_000)]
    [InlineData(true, 10)]
    public async Task TokensThatNobodyCounted_CostAllThatWasHeld_AndTheUsageSaysSo(bool hasUsage, int mostCharacters)
    {
        await using var model = await StartAsync(ResponderProviders.OpenAI, options => options.MaxReplyCharacters = mostCharacters);
        model.Server.Behave(new ModelBehavior { HasUsage = hasUsage });
        var funds = new FakeFunds();
        var usage = (await model.AnswerAsync(Ask(funds))).Usage!;
        Assert.True(usage.IsEstimated);
        Assert.Equal((funds.Held[0], funds.Held[0]), (usage.CostMicroUsd, funds.Counted));
    }

    [Fact]
    public async Task BudgetThatEndsBeforeARetry_EndsTheReply()
    {
        await using var model = await StartAsync(ResponderProviders.OpenAI);
        model.Server.Behave(new ModelBehavior { Status = 500 });
        // Enough for one try, which may have cost all of it.
        var answering = model.AnswerAsync(Ask(new FakeFunds(30_780)));
        await model.Time.PassAsync(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<BudgetReachedException>(() => answering);
        Assert.Equal(1, model.Server.Count);
    }

    [Fact]
    public void Estimate_CountsWhatToolsSayAndHowTheyAreDescribed()
    {
        Assert.True(ModelPrice.TryParse("1", "1", out var price));
        var tool = AIFunctionFactory.Create((string city) => city, "get_weather", "What the weather is like.");
        var schema = tool.JsonSchema.GetRawText().Length;
        ChatMessage[] messages =
        [
            new(ChatRole.User, "abc"),
            new(ChatRole.Assistant, [new FunctionCallContent("1", "get_weather", new Dictionary<string, object?> { ["city"] = "Bonn" })]),
            new(ChatRole.Tool, [new FunctionResultContent("1", "rainy!")]),
        ];
        // Arguments are counted as indented JSON.
        var bytes = 3 + "{\n  \"city\": \"Bonn\"\n}".Length + 6;
        var plain = CallEstimate.Of(messages, new ChatOptions { MaxOutputTokens = 10 }, price);
        Assert.Equal(((bytes + 2) / 3) + 3 * 16, plain.InputTokens);
        Assert.Equal((plain.InputTokens + 10, plain.InputTokens + 10), (plain.WantedMicroUsd, plain.LeastMicroUsd));
        var offered = CallEstimate.Of(messages, new ChatOptions { MaxOutputTokens = 65, Tools = [tool] }, price);
        Assert.Equal(plain.InputTokens + 600 + 32 + ((11 + 25 + schema + 2) / 3), offered.InputTokens);
        Assert.Equal(1, offered.WantedMicroUsd - offered.LeastMicroUsd);
    }

    private static ResponderRequest Ask(FakeFunds funds) => ResponderUnderTest.Ask() with { Funds = funds };

    private static Task<ResponderUnderTest> StartAsync(string provider, Action<ResponderOptions>? configure = null) => ResponderUnderTest.StartAsync(provider, options =>
    {
        options.Prices.Add(new ModelPriceOptions { Model = "test-model", Input = "3", Output = "15" });
        configure?.Invoke(options);
    });
}
