using System.Net;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Tests.Exact.Evm.ResourceServer;

/// <summary>The question whether a payment is good, which may be asked again.</summary>
public sealed class FacilitatorVerifyTests
{
    private const string Yes = """{"isValid":true,"payer":"0x1"}""";

    private static readonly byte[] Question = "{\"the\":\"question\"}"u8.ToArray();

    private static readonly TimeSpan Once = TimeSpan.FromSeconds(5);

    /// <summary>Only the waits between tries come to an end.</summary>
    private readonly TrackedTime _time = new(TimeSpan.FromSeconds(4));

    [Fact]
    public async Task Question_IsPostedAsItIs()
    {
        var stub = StubHandler.Always(HttpStatusCode.OK, Yes);
        Assert.Equal(new VerifyResponse(true, Payer: "0x1"), await VerifyAsync(stub));
        var sent = Assert.Single(stub.Requests);
        Assert.Equal((HttpMethod.Post, "https://facilitator.example/verify", "application/json", false), (sent.Method, sent.Uri.AbsoluteUri, sent.ContentType, sent.IsChunked));
        Assert.Equal(Question, sent.Body);
        Assert.Equal([Once], _time.Waits);
    }

    /// <summary>A no may come with any status, and is an answer: it is not asked for again.</summary>
    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    [InlineData(500)]
    public async Task No_IsANoWithAnyStatus(int status)
    {
        var stub = StubHandler.Always((HttpStatusCode)status, """{"isValid":false,"invalidReason":"insufficient_funds"}""");
        Assert.Equal(new VerifyResponse(false, "insufficient_funds"), await VerifyAsync(stub));
        Assert.Single(stub.Requests);
    }

    [Theory]
    [InlineData(500, Yes)]
    [InlineData(200, "{}")]
    [InlineData(502, "<html>")]
    public async Task AnythingElse_IsNoAnswer_AndAskedForThreeTimes(int status, string body)
    {
        var stub = StubHandler.Always((HttpStatusCode)status, body);
        var failed = await Assert.ThrowsAsync<FacilitatorFailedException>(() => VerifyAsync(stub));
        Assert.Equal($"The facilitator answered {status} without saying whether the payment is good.", failed.Message);
        Assert.Equal(3, stub.Requests.Count);
        Assert.Equal(3, _time.Waits.Count(wait => wait == Once));
    }

    [Fact]
    public async Task FacilitatorThatIsNotReached_IsAskedThreeTimes()
    {
        var stub = new StubHandler((_, _) => throw new HttpRequestException(HttpRequestError.ConnectionError));
        var failed = await Assert.ThrowsAsync<FacilitatorFailedException>(() => VerifyAsync(stub));
        Assert.Equal("The facilitator was not reached.", failed.Message);
        Assert.Equal(3, stub.Requests.Count);
    }

    [Fact]
    public async Task AnswerToTheThirdQuestion_IsTheAnswer()
    {
        var stub = new StubHandler((sent, _) => sent < 3 ? throw new HttpRequestException(HttpRequestError.ResponseEnded) : Task.FromResult(StubHandler.Json(HttpStatusCode.OK, Yes)));
        Assert.True((await VerifyAsync(stub)).IsValid);
    }

    /// <summary>The seller's client waits meanwhile: three such questions would take three times as long.</summary>
    [Fact]
    public async Task QuestionThatIsNotAnsweredInTime_IsNotAskedAgain()
    {
        var stub = new StubHandler((_, token) => HangAsync(token));
        var failed = await Assert.ThrowsAsync<FacilitatorFailedException>(() => VerifyAsync(stub, new TrackedTime(Once)));
        Assert.Equal("The facilitator did not answer in time.", failed.Message);
        Assert.Single(stub.Requests);
    }

    /// <summary>Fast first, and not together with everybody else that it failed at the same time.</summary>
    [Fact]
    public async Task Pauses_AreNoTwoTheSame()
    {
        for (var run = 0; run < 5; run++)
            await Assert.ThrowsAsync<FacilitatorFailedException>(() => VerifyAsync(StubHandler.Always(HttpStatusCode.BadGateway, "")));
        var pauses = _time.Waits.Where(wait => wait != Once).ToArray();
        Assert.Equal(10, pauses.Length);
        Assert.True(pauses.Distinct().Count() > 5);
        Assert.All(pauses, pause => Assert.InRange(pause, TimeSpan.Zero, TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public async Task QuestionThatTheCallerGivesUp_IsNotAskedAgain()
    {
        using var given = new CancellationTokenSource();
        var stub = new StubHandler(async (_, token) =>
        {
            await given.CancelAsync();
            return await HangAsync(token);
        });
        using var client = Client(stub, _time);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.VerifyAsync(Question, given.Token));
        Assert.Single(stub.Requests);
    }

    [Fact]
    public async Task Answer_DoesNotComeBackIntoTheCallersContext()
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        var stub = new StubHandler((_, _) => answer.Task);
        Assert.True((await CallerContext.RunAsync(() => VerifyAsync(stub), () => answer.SetResult(StubHandler.Json(HttpStatusCode.OK, Yes)))).IsValid);
    }

    [Theory]
    [InlineData("https://facilitator.example", "https://facilitator.example/")]
    [InlineData("https://facilitator.example/x402", "https://facilitator.example/x402/")]
    [InlineData("https://facilitator.example/x402//", "https://facilitator.example/x402/")]
    public void Paths_AreBelowTheFacilitatorsOwn(string url, string baseAddress)
    {
        using var http = FacilitatorClient.CreateHttpClient(new Uri(url));
        Assert.Equal(baseAddress, http.BaseAddress!.AbsoluteUri);
    }

    private static async Task<HttpResponseMessage> HangAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
        throw new InvalidOperationException("Nothing comes.");
    }

    private static FacilitatorClient Client(HttpMessageHandler handler, TimeProvider time) =>
        new(FacilitatorClient.CreateHttpClient(new Uri("https://facilitator.example"), handler), new FacilitatorClientOptions(), time);

    private async Task<VerifyResponse> VerifyAsync(HttpMessageHandler handler, TimeProvider? time = null)
    {
        using var client = Client(handler, time ?? _time);
        return await client.VerifyAsync(Question, TestContext.Current.CancellationToken).ConfigureAwait(false);
    }
}
