using System.Net;
using System.Text;
using AgentMesh.Sidecar.Channel;
using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.Tests.Runtime;

namespace AgentMesh.Sidecar.Tests.Actors;

public sealed class ActorCallTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_PassesMethodHeadersAndBodyOn_AndTheAnswerBack()
    {
        await using var app = await StubApp.StartAsync();
        app.Handler = (context, _) =>
        {
            context.Response.Headers["X-Custom"] = new(["a", "b"]);
            context.Response.ContentType = "application/x-thing";
            return context.Response.WriteAsync("answer");
        };
        await using var sidecar = await SidecarHarness.StartAsync(app, appToken: "app-token");

        using var request = new HttpRequestMessage(HttpMethod.Put, sidecar.At("//v1.0//actors/T/default:alice/method/Do")) { Content = new StringContent("question", Encoding.UTF8, "application/octet-stream") };
        request.Headers.Add("X-DaprRequestHeader", "<xml/>");
        request.Headers.Add("Dapr-Reentrancy-Id", "r1");
        request.Headers.Add("dapr-caller-app-id", "forged");
        using var answer = await sidecar.Client.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("answer", await answer.Content.ReadAsStringAsync(Token));
        Assert.Equal("application/x-thing", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal(["a", "b"], answer.Headers.GetValues("X-Custom"));
        var call = Assert.Single(app.Calls("PUT"));
        Assert.Equal("/actors/T/default:alice/method/Do", call.Path);
        Assert.Equal("question", call.Body);
        Assert.Equal("<xml/>", call.Headers["X-DaprRequestHeader"]);
        Assert.Equal("r1", call.Headers["Dapr-Reentrancy-Id"]);
        Assert.Equal("app-token", call.Headers["dapr-api-token"]);
        Assert.Equal("app", call.Headers["dapr-caller-app-id"]);
        Assert.Equal("application/octet-stream; charset=utf-8", call.Headers["Content-Type"]);
    }

    [Fact]
    public async Task Call_WithTheErrorHeader_IsStillA200()
    {
        await using var app = await StubApp.StartAsync();
        app.Handler = (context, _) =>
        {
            context.Response.Headers["X-DaprErrorResponseHeader"] = "<error/>";
            return context.Response.WriteAsync("exception");
        };
        await using var sidecar = await SidecarHarness.StartAsync(app);

        using var answer = await sidecar.Client.PutAsync("/v1.0/actors/T/1/method/Do", null, Token);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("<error/>", answer.Headers.GetValues("X-DaprErrorResponseHeader").Single());
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.ToString());
    }

    [Theory]
    [InlineData(500, "error from actor service: (500) boom")]
    [InlineData(404, "actor method not found: Do")]
    [InlineData(201, "error from actor service: (201) boom")]
    public async Task Call_AnyOtherStatus_IsAnInvokeError(int status, string text)
    {
        await using var app = await StubApp.StartAsync();
        app.Handler = (context, _) =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync("boom");
        };
        await using var sidecar = await SidecarHarness.StartAsync(app);

        using var answer = await sidecar.Client.PutAsync("/v1.0/actors/T/1/method/Do", null, Token);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal($$"""{"errorCode":"ERR_ACTOR_INVOKE_METHOD","message":"error invoke actor method: {{text}}"}""", await answer.Content.ReadAsStringAsync(Token));
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task Call_WhoseAppDiesInTheMiddleOfItsAnswer_IsAnInvokeError()
    {
        await using var app = await StubApp.StartAsync();
        app.Handler = async (context, _) =>
        {
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("half of");
            await context.Response.Body.FlushAsync();
            context.Abort();
        };
        await using var sidecar = await SidecarHarness.StartAsync(app);

        using var answer = await sidecar.Client.PutAsync("/v1.0/actors/T/1/method/Do", null, Token);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.StartsWith(
            """{"errorCode":"ERR_ACTOR_INVOKE_METHOD","message":"error invoke actor method: failed to reach the app""",
            await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_ThatChoseAProcessJustBeforeItDied_FailsAsUnreached()
    {
        using var channel = new AppChannel(new AppDefinition("app", 0, 1, 2, 3), null);
        channel.Dispose();
        using var request = channel.CreateRequest(HttpMethod.Put, "/actors/T/1/method/Do");

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => channel.SendAsync(request, Token));

        Assert.Equal(HttpRequestError.ConnectionError, failure.HttpRequestError);
    }

    [Fact]
    public async Task Calls_OfOneActor_RunOneAtATimeInOrder_OthersBeside()
    {
        await using var app = await StubApp.StartAsync();
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var inside = 0;
        app.Handler = async (context, body) =>
        {
            if (context.Request.Path.Value!.Contains("/other/", StringComparison.Ordinal))
                return;
            Assert.Equal(1, Interlocked.Increment(ref inside));
            if (body == "0")
            {
                entered.SetResult();
                await first.Task;
            }

            Interlocked.Decrement(ref inside);
        };
        await using var sidecar = await SidecarHarness.StartAsync(app);

        var calls = new List<Task<HttpResponseMessage>> { Call(sidecar, "same", "0") };
        await entered.Task;
        calls.AddRange(Enumerable.Range(1, 20).Select(n => Call(sidecar, "same", $"{n}")));
        using (var other = await Call(sidecar, "other", ""))
            Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        first.SetResult();

        foreach (var answer in await Task.WhenAll(calls))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(21, app.Calls("PUT").Count(call => call.Path.Contains("/same/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Call_WhoseCallerLeft_IsAbortedInTheApp_AndTheNextOneRuns()
    {
        await using var app = await StubApp.StartAsync();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Handler = async (context, body) =>
        {
            if (body != "stay")
            {
                using var registration = context.RequestAborted.Register(aborted.SetResult);
                entered.SetResult();
                await aborted.Task;
            }
        };
        await using var sidecar = await SidecarHarness.StartAsync(app);

        using var leaving = new CancellationTokenSource();
        using var content = new StringContent("leave");
        var call = sidecar.Client.PutAsync("/v1.0/actors/T/1/method/Do", content, leaving.Token);
        await entered.Task;
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await aborted.Task;

        using var next = await Call(sidecar, "1", "stay");
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task Call_OfATypeNobodyHosts_AnswersAsDaprdAfterItsLookups()
    {
        await using var app = await StubApp.StartAsync();
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var sidecar = await SidecarHarness.StartAsync(app, timeProvider: time);

        var call = sidecar.Client.PutAsync("/v1.0/actors/Nobody/1/method/Do", null, Token);
        while (!call.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(call, Task.Delay(10, Token));
        }

        using var answer = await call;
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("ERR_ACTOR_INVOKE_METHOD", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Contains("did not find address for actor 'Nobody||1'", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a%2Fb")]
    [InlineData("a%3Fb")]
    [InlineData("a%23b")]
    [InlineData("a%5Cb")]
    [InlineData("a%0Ab")]
    public async Task Call_WithAnIdThatBreaksKeys_IsABadRequest(string id)
    {
        await using var app = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(app);
        using var answer = await sidecar.Client.PutAsync($"/v1.0/actors/T/{id}/method/Do", null, Token);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("ERR_BAD_REQUEST", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Empty(app.Calls("PUT"));
    }

    [Fact]
    public async Task Call_BeforeTheAppIsConnected_WaitsForIt()
    {
        await using var app = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync([SidecarHarness.Define("app", app.Port)]);

        var call = Call(sidecar, "1", "");
        Assert.Empty(app.Calls("PUT"));
        await sidecar.ConnectAsync();

        using var answer = await call;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Call_LargerThanTheLimit_IsABadRequest()
    {
        await using var app = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(app);
        using var fits = await Call(sidecar, "1", new string('x', 4 * 1024 * 1024));
        using var request = new HttpRequestMessage(HttpMethod.Put, "/v1.0/actors/T/1/method/Do") { Content = new StringContent(new string('x', 4 * 1024 * 1024 + 1)) };
        // The refusal comes before the body is sent; without this the client may be caught writing into a closed connection.
        request.Headers.ExpectContinue = true;
        using var tooLong = await sidecar.Client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.OK, fits.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, tooLong.StatusCode);
    }

    private static async Task<HttpResponseMessage> Call(SidecarHarness sidecar, string id, string body)
    {
        using var content = new StringContent(body);
        return await sidecar.Client.PutAsync($"/v1.0/actors/T/{id}/method/Do", content, Token);
    }
}
