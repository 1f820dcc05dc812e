using AgentMesh.ActorHost.Responders;
using AgentMesh.Testing.ModelServer;

namespace AgentMesh.ActorHost.Tests.Responders;

/// <summary>What a model that fails does to a reply.</summary>
public sealed class ResponderFailureTests
{
    public static TheoryData<string> Providers => [ResponderProviders.OpenAI, ResponderProviders.Anthropic];

    [Theory]
    [InlineData(ResponderProviders.OpenAI, 408)]
    [InlineData(ResponderProviders.OpenAI, 429)]
    [InlineData(ResponderProviders.OpenAI, 500)]
    [InlineData(ResponderProviders.OpenAI, 503)]
    [InlineData(ResponderProviders.Anthropic, 429)]
    [InlineData(ResponderProviders.Anthropic, 500)]
    [InlineData(ResponderProviders.Anthropic, 529)]
    public async Task BadStatus_IsRetriedWithJitter_AndTheReplyIsWhole(string provider, int status)
    {
        await using var model = await ResponderUnderTest.StartAsync(provider);
        model.Server.Behave(new ModelBehavior { Status = status }, new ModelBehavior { Status = status });
        var answering = model.AnswerAsync();
        await PassRetryAsync(model);
        await PassRetryAsync(model);
        var answer = await answering;
        Assert.Null(answer.Failure);
        Assert.Equal("You said: hello there", answer.Text);
        Assert.Equal(3, model.Server.Count);
    }

    [Theory]
    [InlineData(ResponderProviders.OpenAI, 500, ResponderFailures.ModelUnavailable)]
    [InlineData(ResponderProviders.OpenAI, 429, ResponderFailures.ModelRateLimited)]
    [InlineData(ResponderProviders.Anthropic, 529, ResponderFailures.ModelUnavailable)]
    public async Task BadStatusOfEveryAttempt_IsTransient(string provider, int status, string code)
    {
        await using var model = await ResponderUnderTest.StartAsync(provider, options =>
        {
            options.Retries = 1;
            options.Model = $"status{status}";
        });
        var answering = model.AnswerAsync();
        await PassRetryAsync(model);
        var failure = (await answering).Failure!;
        Assert.Equal((code, true, null), (failure.Code, failure.IsTransient, failure.RetryAfter));
        Assert.Equal(2, model.Server.Count);
    }

    [Theory]
    [InlineData(400, "invalid_request_error", "model_rejected", "AgentMesh__Responder__Model")]
    [InlineData(401, "invalid_api_key", "model_rejected", "AgentMesh__Responder__ApiKeySecret")]
    [InlineData(403, "forbidden", "model_rejected", "AgentMesh__Responder__ApiKey")]
    [InlineData(404, "model_not_found", "model_rejected", "AgentMesh__Responder__Model")]
    [InlineData(422, "invalid", "model_rejected", "422 invalid")]
    [InlineData(413, "request_too_large", "model_rejected", "longer than the model takes")]
    [InlineData(400, "context_length_exceeded", "model_rejected", "longer than the model takes")]
    [InlineData(429, "insufficient_quota", "model_rate_limited", "no quota left")]
    [InlineData(400, "Sorry, sk-123 is wrong", "model_rejected", "the request (400")]
    public async Task Rejection_IsFinal_SaysWhatToLookAt_AndRepeatsNothing(int status, string word, string code, string detail)
    {
        foreach (var provider in new[] { ResponderProviders.OpenAI, ResponderProviders.Anthropic })
        {
            await using var model = await ResponderUnderTest.StartAsync(provider);
            model.Server.Behave(new ModelBehavior { Status = status, ErrorWord = word });
            var failure = (await model.AnswerAsync()).Failure!;
            Assert.Equal((code, false), (failure.Code, failure.IsTransient));
            Assert.Contains(detail, failure.Detail, StringComparison.Ordinal);
            Assert.DoesNotContain("secret prompt", failure.Detail, StringComparison.Ordinal);
            Assert.DoesNotContain("sk-", failure.Detail, StringComparison.Ordinal);
            Assert.Equal(1, model.Server.Count);
        }
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Redirect_IsNotFollowed(string provider)
    {
        await using var model = await ResponderUnderTest.StartAsync(provider);
        model.Server.Behave(new ModelBehavior { Status = 307 });
        var failure = (await model.AnswerAsync()).Failure!;
        Assert.Equal((ResponderFailures.ModelRejected, false), (failure.Code, failure.IsTransient));
        Assert.Contains("AgentMesh__Responder__Endpoint", failure.Detail, StringComparison.Ordinal);
        Assert.Equal(1, model.Server.Count);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Page_IsNoModel(string provider)
    {
        await using var model = await ResponderUnderTest.StartAsync(provider);
        model.Server.Behave(new ModelBehavior { IsPage = true });
        var failure = (await model.AnswerAsync()).Failure!;
        Assert.Equal((ResponderFailures.ModelRejected, false), (failure.Code, failure.IsTransient));
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("7", 7)]
    [InlineData("20", 20)]
    [InlineData("Fri, 02 Jan 2026 03:04:18 GMT", 13)]
    public async Task RetryAfter_IsWaitedFor(string header, int seconds)
    {
        await using var model = await ResponderUnderTest.StartAsync(ResponderProviders.OpenAI);
        model.Server.Behave(new ModelBehavior { Status = 429, RetryAfter = header });
        var answering = model.AnswerAsync();
        if (seconds > 0)
            await model.Time.PassAsync(TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(seconds));
        Assert.Null((await answering).Failure);
        Assert.Equal(2, model.Server.Count);
    }

    [Fact]
    public async Task RetryAfterBeyondItsBound_FailsAtOnce_AndIsPassedOn()
    {
        await using var model = await ResponderUnderTest.StartAsync(ResponderProviders.Anthropic);
        model.Server.Behave(new ModelBehavior { Status = 429, RetryAfter = "21" });
        var failure = (await model.AnswerAsync()).Failure!;
        Assert.Equal((ResponderFailures.ModelRateLimited, true, TimeSpan.FromSeconds(21)), (failure.Code, failure.IsTransient, failure.RetryAfter));
        Assert.Equal(1, model.Server.Count);
    }

    [Theory]
    [InlineData(ResponderProviders.OpenAI, ModelFault.Cut)]
    [InlineData(ResponderProviders.OpenAI, ModelFault.Close)]
    [InlineData(ResponderProviders.OpenAI, ModelFault.Malformed)]
    [InlineData(ResponderProviders.OpenAI, ModelFault.Error)]
    [InlineData(ResponderProviders.Anthropic, ModelFault.Cut)]
    [InlineData(ResponderProviders.Anthropic, ModelFault.Close)]
    [InlineData(ResponderProviders.Anthropic, ModelFault.Malformed)]
    [InlineData(ResponderProviders.Anthropic, ModelFault.Error)]
    public async Task StreamThatBreaks_IsRepeatedBeforeItsFirstText_AndNeverAfter(string provider, ModelFault fault)
    {
        using var gate = new SemaphoreSlim(0);
        await using var model = await ResponderUnderTest.StartAsync(provider);
        model.Server.Behave(new ModelBehavior { Fault = fault, FaultAt = 0 });
        var answering = model.AnswerAsync();
        await PassRetryAsync(model);
        Assert.Equal((null, "You said: hello there"), ((await answering).Failure, (await answering).Text));
        Assert.Equal(2, model.Server.Count);

        model.Server.Behave(new ModelBehavior { Fault = fault, FaultAt = 2, Gate = gate });
        await using var pieces = model.Begin();
        foreach (var word in new[] { "You", " said:" })
        {
            gate.Release();
            Assert.True(await pieces.MoveNextAsync());
            Assert.Equal(word, pieces.Current.Text);
        }

        gate.Release(3);
        var failure = await Assert.ThrowsAsync<ResponderFailedException>(() => pieces.MoveNextAsync().AsTask());
        var code = fault == ModelFault.Error && provider == ResponderProviders.Anthropic ? ResponderFailures.ModelUnavailable : ResponderFailures.ModelCutOff;
        Assert.Equal((code, true), (failure.Code, failure.IsTransient));
        Assert.DoesNotContain("secret prompt", failure.Detail, StringComparison.Ordinal);
        Assert.Equal(3, model.Server.Count);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task ModelThatNeverAnswers_TimesOut_AndIsNotAskedAgain(string provider)
    {
        await using var model = await ResponderUnderTest.StartAsync(provider);
        model.Server.Behave(new ModelBehavior { IsSilent = true });
        var answering = model.AnswerAsync();
        await model.Server.Requests.ReadAsync(TestContext.Current.CancellationToken);
        model.Time.Advance(TimeSpan.FromSeconds(60) - TimeSpan.FromMilliseconds(1));
        Assert.False(answering.IsCompleted);
        model.Time.Advance(TimeSpan.FromMilliseconds(1));
        var failure = (await answering).Failure!;
        Assert.Equal((ResponderFailures.ModelTimedOut, true, "The model sent nothing for 60 s."), (failure.Code, failure.IsTransient, failure.Detail));
        Assert.Equal(1, model.Server.Count);
        await model.Server.Abandoned.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(ResponderProviders.OpenAI, 0, 60)]
    [InlineData(ResponderProviders.OpenAI, 2, 30)]
    [InlineData(ResponderProviders.Anthropic, 0, 60)]
    [InlineData(ResponderProviders.Anthropic, 2, 30)]
    public async Task ModelThatFallsSilent_TimesOut_ByTheClockOfItsPhase(string provider, int tokens, int seconds)
    {
        await using var model = await ResponderUnderTest.StartAsync(provider);
        model.Server.Behave(new ModelBehavior { Fault = ModelFault.Hang, FaultAt = tokens });
        await using var pieces = model.Begin();
        for (var n = 0; n < tokens; n++)
        {
            Assert.True(await pieces.MoveNextAsync());
            // What the reader does with a piece is not the model's silence.
            model.Time.Advance(TimeSpan.FromSeconds(31));
        }

        var next = pieces.MoveNextAsync().AsTask();
        await model.Server.Requests.ReadAsync(TestContext.Current.CancellationToken);
        model.Time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Assert.False(next.IsCompleted);
        model.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(ResponderFailures.ModelTimedOut, (await Assert.ThrowsAsync<ResponderFailedException>(() => next)).Code);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task WholeReply_HasItsTime_HoweverSteadilyItComes(string provider)
    {
        using var gate = new SemaphoreSlim(0);
        await using var model = await ResponderUnderTest.StartAsync(provider, options => options.RequestTimeoutSeconds = 40);
        model.Server.Behave(new ModelBehavior { IsEndless = true, Gate = gate });
        await using var pieces = model.Begin();
        for (var n = 0; n < 4; n++)
        {
            var next = pieces.MoveNextAsync();
            gate.Release();
            Assert.True(await next);
            model.Time.Advance(n < 3 ? TimeSpan.FromSeconds(10) : TimeSpan.FromSeconds(10) - TimeSpan.FromMilliseconds(1));
        }

        var last = pieces.MoveNextAsync().AsTask();
        Assert.False(last.IsCompleted);
        model.Time.Advance(TimeSpan.FromMilliseconds(1));
        var failure = await Assert.ThrowsAsync<ResponderFailedException>(() => last);
        Assert.Equal((ResponderFailures.ModelTimedOut, "The model did not complete its answer within 40 s."), (failure.Code, failure.Detail));
    }

    [Fact]
    public async Task WholeTime_CoversTheWaitForARetry()
    {
        await using var model = await ResponderUnderTest.StartAsync(ResponderProviders.OpenAI, options => options.RequestTimeoutSeconds = 5);
        model.Server.Behave(new ModelBehavior { Status = 503, RetryAfter = "7" });
        var answering = model.AnswerAsync();
        // The clock moves by 7 s, but the reply's own 5 s end first.
        await model.Time.PassAsync(TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(7));
        var failure = (await answering).Failure;
        Assert.Equal(ResponderFailures.ModelTimedOut, failure?.Code);
        Assert.Equal(1, model.Server.Count);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Cancellation_LeavesTheModel_AndIsNoFailure(string provider)
    {
        await using var model = await ResponderUnderTest.StartAsync(provider);
        model.Server.Behave(new ModelBehavior { Fault = ModelFault.Hang, FaultAt = 1 });
        using var cancel = new CancellationTokenSource();
        await using var pieces = model.Responder.RespondAsync(ResponderUnderTest.Ask(), cancel.Token).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await pieces.MoveNextAsync());
        var next = pieces.MoveNextAsync().AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        await model.Server.Abandoned.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Cancellation_EndsTheWaitForARetry()
    {
        await using var model = await ResponderUnderTest.StartAsync(ResponderProviders.OpenAI);
        model.Server.Behave(new ModelBehavior { Status = 503, RetryAfter = "7" });
        using var cancel = new CancellationTokenSource();
        await using var pieces = model.Responder.RespondAsync(ResponderUnderTest.Ask(), cancel.Token).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var next = pieces.MoveNextAsync().AsTask();
        await model.Time.StartedAsync(TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(7));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        Assert.Equal(1, model.Server.Count);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task ReaderThatLeaves_LeavesTheModelToo(string provider)
    {
        await using var model = await ResponderUnderTest.StartAsync(provider);
        model.Server.Behave(new ModelBehavior { IsEndless = true });
        await using (var pieces = model.Begin())
            Assert.True(await pieces.MoveNextAsync());
        await model.Server.Abandoned.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task NobodyListening_IsUnavailable()
    {
        await using var model = await ResponderUnderTest.StartAsync(ResponderProviders.OpenAI, options =>
        {
            options.Retries = 0;
            options.Endpoint = "http://127.0.0.1:1/v1";
        });
        var failure = (await model.AnswerAsync()).Failure!;
        Assert.Equal((ResponderFailures.ModelUnavailable, true), (failure.Code, failure.IsTransient));
    }

    [Fact]
    public async Task EndpointThatKeepsFailing_IsLeftAloneForAWhile()
    {
        await using var model = await ResponderUnderTest.StartAsync(ResponderProviders.OpenAI, options =>
        {
            options.Retries = 0;
            options.BreakerMinimumCalls = 2;
        });
        model.Server.Behave(new ModelBehavior { Status = 500 }, new ModelBehavior { Status = 500 });
        await model.AnswerAsync();
        await model.AnswerAsync();

        var open = (await model.AnswerAsync()).Failure!;
        Assert.Equal((ResponderFailures.ModelUnavailable, true, TimeSpan.FromSeconds(15)), (open.Code, open.IsTransient, open.RetryAfter));
        Assert.Equal(2, model.Server.Count);
        model.Time.Advance(TimeSpan.FromSeconds(15));
        Assert.Null((await model.AnswerAsync()).Failure);
        Assert.Equal(3, model.Server.Count);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(401)]
    public async Task EndpointThatRefuses_IsNotBroken(int status)
    {
        await using var model = await ResponderUnderTest.StartAsync(ResponderProviders.OpenAI, options =>
        {
            options.Retries = 0;
            options.BreakerMinimumCalls = 2;
            options.Model = $"status{status}";
        });
        for (var n = 0; n < 4; n++)
            await model.AnswerAsync();
        Assert.Equal(4, model.Server.Count);
    }

    [Fact]
    public async Task Echo_IsNeverAsked()
    {
        await using var model = await ResponderUnderTest.StartAsync(ResponderProviders.Echo);
        Assert.True(model.Responder.AnswersAtOnce);
        await Assert.ThrowsAsync<InvalidOperationException>(() => model.AnswerAsync());
    }

    // Between nothing and the retry's longest wait; the timeouts are longer.
    private static Task<TimeSpan> PassRetryAsync(ResponderUnderTest model) => model.Time.PassAsync(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10));
}
