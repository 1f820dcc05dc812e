using System.Net;
using System.Text;
using AgentMesh.Sidecar.State;
using AgentMesh.Sidecar.Tests.Runtime;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Sidecar.Tests.Actors.Reminders;

/// <summary>The reminder routes, row by row. The clock stands still, so nothing fires.</summary>
public sealed class ReminderApiTests
{
    private const string Path = "//v1.0/actors/T/1/reminders/r";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("PUT", """{"dueTime":"0h0m30s0ms","period":"0h5m0s0ms","data":"AQID"}""")]
    [InlineData("POST", """{"dueTime":"1m"}""")]
    [InlineData("PUT", """{"period":"R5/PT10S","ttl":"1h"}""")]
    [InlineData("PUT", """{"dueTime":"P1DT2H","data":{"a":[1]},"period":null}""")]
    [InlineData("PUT", """{"dueTime":"2100-01-01T00:00:00Z","failure_policy":{"drop":{}}}""")]
    [InlineData("PUT", """{"dueTime":"1m","failure_policy":{"constant":{"interval":"2s","max_retries":5}}}""")]
    public async Task Create_IsAcknowledgedWhenItIsStored(string method, string body)
    {
        await using var app = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(app, timeProvider: new FakeTimeProvider(DateTimeOffset.UtcNow));
        var (status, answer) = await SendAsync(sidecar, method, Path, body);
        Assert.Equal((HttpStatusCode.NoContent, ""), (status, answer));
        Assert.Single(sidecar.Store.Reminders.All);
        // Neither woken nor waited for.
        Assert.Empty(app.Calls("PUT"));
    }

    [Theory]
    [InlineData("{}", "dueTime and period are both empty")]
    [InlineData("""{"dueTime":"tomorrow"}""", "unsupported dueTime format: tomorrow")]
    [InlineData("""{"dueTime":"R2/PT1S"}""", "unsupported dueTime format: R2/PT1S")]
    [InlineData("""{"period":"P1D"}""", "unsupported period format: P1D")]
    [InlineData("""{"period":"R2/P1DT"}""", "unsupported period format: R2/P1DT")]
    [InlineData("""{"period":"@daily"}""", "unsupported period format: @daily")]
    [InlineData("""{"period":"R0/PT1S"}""", "has zero repetitions")]
    [InlineData("""{"dueTime":"1s","period":"0h0m0s0ms"}""", "period must be greater than zero: 0h0m0s0ms")]
    [InlineData("""{"dueTime":"1s","ttl":"5s"}""", "ttl needs a period")]
    [InlineData("""{"dueTime":"1h","period":"1s","ttl":"2000-01-01T00:00:00Z"}""", "ttl 2000-01-01T00:00:00Z ends before the reminder is due")]
    public async Task Create_WithAScheduleDaprdRefuses_Is500(string body, string reason)
    {
        await using var app = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(app);
        Assert.Equal(
            (HttpStatusCode.InternalServerError, $$"""{"errorCode":"ERR_ACTOR_REMINDER_CREATE","message":"error creating actor reminder: {{reason}}"}"""),
            await SendAsync(sidecar, "PUT", Path, body));
        Assert.Empty(sidecar.Store.Reminders.All);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"dueTime":5}""")]
    [InlineData("""{"dueTime":"1s","overwrite":"no"}""")]
    [InlineData("""{"dueTime":"1s","failure_policy":{"constant":{"interval":"soon"}}}""")]
    [InlineData("""{"dueTime":"1s","failure_policy":{"constant":{"max_retries":-1}}}""")]
    [InlineData("""{"dueTime":"1s","failure_policy":{}}""")]
    public async Task Create_WithABodyThatIsNone_Is400(string body)
    {
        await using var app = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(app);
        var (status, answer) = await SendAsync(sidecar, "PUT", Path, body);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("ERR_MALFORMED_REQUEST", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PUT", "/v1.0/actors/Other/1/reminders/r", 403, "ERR_ACTOR_REMINDER_NON_HOSTED")]
    [InlineData("GET", "/v1.0/actors/Other/1/reminders/r", 403, "ERR_ACTOR_REMINDER_NON_HOSTED")]
    [InlineData("DELETE", "/v1.0/actors/Other/1/reminders/r", 403, "ERR_ACTOR_REMINDER_NON_HOSTED")]
    [InlineData("PUT", "/v1.0/actors/dapr.internal.x/1/reminders/r", 403, "ERR_ACTOR_TYPE_RESERVED")]
    [InlineData("PUT", "/v1.0/actors/T/1/reminders/a%7C%7Cb", 500, "ERR_ACTOR_REMINDER_CREATE")]
    [InlineData("PUT", "/v1.0/actors/T/1/reminders/%7Ca", 500, "ERR_ACTOR_REMINDER_CREATE")]
    [InlineData("PUT", "/v1.0/actors/T/1/reminders/a:b.c", 204, "")]
    [InlineData("GET", Path, 404, "ERR_ACTOR_REMINDER_NOT_FOUND")]
    [InlineData("DELETE", Path, 204, "")]
    public async Task Statuses(string method, string path, int status, string code)
    {
        await using var app = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(app);
        var (actual, answer) = await SendAsync(sidecar, method, path, """{"dueTime":"1h"}""");
        Assert.Equal(status, (int)actual);
        Assert.Contains(code, answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"dueTime":"30s","period":"5m","data":"AQID"}""", ""","data":"AQID","dueTime":"0h0m30s0ms","period":"0h5m0s0ms"}""")]
    [InlineData("""{"dueTime":"0h0m0s0ms","period":"","data":""}""", ""","data":"","dueTime":"0h0m0s0ms"}""")]
    [InlineData("""{"period":"R3/PT5S","ttl":"1h"}""", ""","period":"0h0m5s0ms","ttl":"1h0m0s0ms"}""")]
    [InlineData("""{"dueTime":"P1DT0.S"}""", null)]
    [InlineData("""{"dueTime":"P1D","data":{"a":1.50}}""", ""","data":{"a":1.50},"dueTime":"24h0m0s0ms"}""")]
    public async Task Get_AnswersTheSpansAsTheSdkReadsThem(string body, string? expected)
    {
        await using var app = await StubApp.StartAsync();
        // Past the due times, so that nothing fires between the two calls.
        await using var sidecar = await SidecarHarness.StartAsync([SidecarHarness.Define("app", app.Port)], timeProvider: new FakeTimeProvider(DateTimeOffset.UtcNow));
        await sidecar.ConnectAsync();
        app.Handler = (context, _) =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        var (status, _) = await SendAsync(sidecar, "PUT", Path, body);
        Assert.Equal(expected is null ? HttpStatusCode.InternalServerError : HttpStatusCode.NoContent, status);
        if (expected is not null)
            Assert.Equal((HttpStatusCode.OK, """{"actorID":"1","actorType":"T" """.TrimEnd() + expected), await SendAsync(sidecar, "GET", Path));
    }

    [Fact]
    public async Task Create_WithoutOverwrite_KeepsWhatIsThere()
    {
        await using var app = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(app);
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(sidecar, "PUT", Path, """{"dueTime":"1h","data":1,"overwrite":false}""")).Status);
        var (status, answer) = await SendAsync(sidecar, "PUT", Path, """{"dueTime":"2h","data":2,"overwrite":false}""");
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("ERR_ACTOR_REMINDER_ALREADY_EXISTS", answer, StringComparison.Ordinal);
        Assert.Equal("1", Assert.Single(sidecar.Store.Reminders.All).Data);
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(sidecar, "PUT", Path, """{"dueTime":"2h","data":2}""")).Status);
        Assert.Equal("2", Assert.Single(sidecar.Store.Reminders.All).Data);
    }

    [Fact]
    public async Task Get_MissingWithCompat116_Is200Null()
    {
        await using var app = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(app, compat116: true);
        Assert.Equal((HttpStatusCode.OK, "null"), await SendAsync(sidecar, "GET", Path));
    }

    [Fact]
    public async Task Store_ThatFails_IsNotAcknowledged()
    {
        await using var app = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(app);
        sidecar.Store.Reminders.Failure = new StateStoreException("disk full");
        foreach (var (method, code) in ((string, string)[])[("PUT", "CREATE"), ("GET", "GET"), ("DELETE", "DELETE")])
        {
            var (status, answer) = await SendAsync(sidecar, method, Path, """{"dueTime":"1h"}""");
            Assert.Equal(HttpStatusCode.InternalServerError, status);
            Assert.Contains("ERR_ACTOR_REMINDER_" + code, answer, StringComparison.Ordinal);
            Assert.Contains("disk full", answer, StringComparison.Ordinal);
        }
    }

    internal static async Task<(HttpStatusCode Status, string Answer)> SendAsync(SidecarHarness sidecar, string method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), sidecar.At(path));
        if (body is not null && method is "PUT" or "POST")
            request.Content = new StringContent(body!, Encoding.UTF8, "application/json");
        using var response = await sidecar.Client.SendAsync(request, Token);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }
}
