using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace AgentMesh.Gateway.Tests.Schedules;

public sealed partial class ScheduleTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string Id = "aaaqeayeaudaocajbifqydiob4";

    private const string Schedule =
        $$$"""{"id":"{{{Id}}}","content":"tick","sessionId":"default","cron":"0 9 * * *","timeZone":"Europe/Berlin","missed":"once","status":"active","createdAt":"2026-01-02T03:04:05.678+00:00","nextRun":"2026-01-02T08:00:00+00:00","runs":0}""";

    private const string Answer =
        $$$"""{"id":"{{{Id}}}","content":"tick","sessionId":"default","at":null,"everySeconds":null,"cron":"0 9 * * *","timeZone":"Europe/Berlin","missed":"once","until":null,"status":"active","createdAt":"2026-01-02T03:04:05.678Z","nextRun":"2026-01-02T08:00:00Z","lastRun":null,"runs":0,"failure":null,"tool":null,"arguments":null}""";

    private readonly HttpClient _client = fixture.Gateway.Client();

    [Theory]
    [InlineData("""{"content":"tick","cron":"0 9 * * *","timeZone":"Europe/Berlin"}""", """{"content":"tick","cron":"0 9 * * *","timeZone":"Europe/Berlin"}""")]
    [InlineData(
        """{"content":"tick","at":"2026-01-02T04:00:00+01:00","missed":"skip","sessionId":"aaaqeayeaudaocajbifqydiob4"}""",
        """{"content":"tick","sessionId":"aaaqeayeaudaocajbifqydiob4","at":"2026-01-02T04:00:00+01:00","missed":"skip"}""")]
    [InlineData(
        """{"content":"tick","everySeconds":10,"until":"2026-01-02T04:00:00Z"}""",
        """{"content":"tick","everySeconds":10,"until":"2026-01-02T04:00:00+00:00"}""")]
    [InlineData("""{"content":"tick","at":null,"everySeconds":null}""", """{"content":"tick"}""")]
    [InlineData("""{"tool":"get_weather","arguments":{ "n" : 1.10 },"everySeconds":10}""", """{"everySeconds":10,"tool":"get_weather","arguments":"{\"n\":1.10}"}""")]
    [InlineData("""{"tool":"get_weather","arguments":null,"content":null,"everySeconds":10}""", """{"everySeconds":10,"tool":"get_weather"}""")]
    public async Task Create_Answers201(string body, string sent)
    {
        Answers($$$"""{"value":{{{Schedule}}}}""");
        using var response = await SendAsync(HttpMethod.Post, "/agent/alice/schedules", body);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(Answer, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var call = Assert.Single(fixture.Sidecar.Calls);
        Assert.EndsWith("/AgentActor/default:alice/method/CreateSchedule", call.Path, StringComparison.Ordinal);
        Assert.Equal(
            sent.Replace("\\\"", "\\u0022", StringComparison.Ordinal), RequestIds().Replace(call.Body, "").Replace("{,", "{", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Create_PassesTheKeyOn()
    {
        Answers($$$"""{"value":{{{Schedule}}}}""");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/agent/alice/schedules")
        {
            Content = new StringContent("""{"content":"tick","everySeconds":10}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Idempotency-Key", "k1");
        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Contains("\"idempotencyKey\":\"k1\"", Assert.Single(fixture.Sidecar.Calls).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"everySeconds":10}""", 400, "invalid_content")]
    [InlineData("""{"content":" ","everySeconds":10}""", 400, "invalid_content")]
    [InlineData("""{"content":"tick","sessionId":"A"}""", 404, "session_not_found")]
    [InlineData("""{"content":"tick","at":"tomorrow"}""", 400, "invalid_schedule")]
    [InlineData("""{"content":"tick","at":"\ud800"}""", 400, "invalid_schedule")]
    [InlineData("""{"content":"tick","at":"2026-01-02T03:04:05"}""", 400, "invalid_schedule")]
    [InlineData("""{"content":"tick","at":"2026-02-30T03:04:05Z"}""", 400, "invalid_schedule")]
    [InlineData("""{"content":"tick","at":1767323045}""", 400, "invalid_schedule")]
    [InlineData("""{"content":"tick","everySeconds":"10"}""", 400, "invalid_schedule")]
    [InlineData("""{"content":"tick","everySeconds":10.5}""", 400, "invalid_schedule")]
    [InlineData("""{"content":"tick","everySeconds":4294967296}""", 400, "invalid_schedule")]
    [InlineData("""{"content":"tick","everySeconds":10,"until":"never"}""", 400, "invalid_schedule")]
    [InlineData("""{"content":"tick","cron":5}""", 400, "invalid_request")]
    [InlineData("""{"tool":"","everySeconds":10}""", 400, "invalid_content")]
    [InlineData("""{"tool":"t","content":"x","everySeconds":10}""", 400, "invalid_schedule")]
    [InlineData("""{"tool":"t","arguments":[],"everySeconds":10}""", 400, "invalid_schedule")]
    [InlineData("""{"tool":"t","arguments":{"a":"\ud800"},"everySeconds":10}""", 400, "invalid_schedule")]
    [InlineData("""{"tool":"t","arguments":{"\udc00":1},"everySeconds":10}""", 400, "invalid_request")]
    [InlineData("""{"content":"x","arguments":{},"everySeconds":10}""", 400, "invalid_schedule")]
    [InlineData("[]", 400, "invalid_request")]
    [InlineData("{", 400, "invalid_json")]
    public async Task BadBody_IsRefused_AndReachesNoAgent(string body, int status, string code)
    {
        fixture.Sidecar.Reset();
        using var response = await SendAsync(HttpMethod.Post, "/agent/alice/schedules", body);
        await response.IsProblemAsync(status, code);
        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Fact]
    public async Task List_AnswersAll()
    {
        Answers($$$"""{"value":{"schedules":[{{{Schedule}}}]}}""");
        using var response = await SendAsync(HttpMethod.Get, "/agent/alice/schedules", null);
        Assert.Equal($$$"""{"schedules":[{{{Answer}}}]}""", await response.IsJsonAsync());
    }

    [Fact]
    public async Task ToolOfASchedule_IsShownWithItsArguments()
    {
        var tool = Schedule.Replace("\"content\":\"tick\",", "\"tool\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\\\"Köln\\\"}\",", StringComparison.Ordinal);
        Answers($$$"""{"value":{{{tool}}}}""");
        using var response = await SendAsync(HttpMethod.Post, "/agent/alice/schedules", """{"tool":"get_weather","everySeconds":10}""");
        Assert.Equal(
            Answer.Replace("\"content\":\"tick\"", "\"content\":null", StringComparison.Ordinal)
                .Replace("\"tool\":null,\"arguments\":null", "\"tool\":\"get_weather\",\"arguments\":{\"city\":\"Köln\"}", StringComparison.Ordinal),
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Delete_Answers204()
    {
        Answers($$$"""{"value":{{{Schedule}}}}""");
        using var response = await SendAsync(HttpMethod.Delete, $"/agent/alice/schedules/{Id}", null);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal($$"""{"scheduleId":"{{Id}}"}""", Assert.Single(fixture.Sidecar.Calls).Body);
        using var other = await SendAsync(HttpMethod.Delete, "/agent/alice/schedules/UPPER", null);
        await other.IsProblemAsync(404, "schedule_not_found");
        Assert.Single(fixture.Sidecar.Calls);
    }

    [Theory]
    [InlineData("session_not_found", 404)]
    [InlineData("invalid_schedule", 400)]
    [InlineData("too_many_schedules", 409)]
    public async Task Refusal_OfTheAgent_IsPassedOn(string code, int status)
    {
        Answers($$$"""{"refusal":{"code":"{{{code}}}","detail":"No."}}""");
        using var response = await SendAsync(HttpMethod.Post, "/agent/alice/schedules", """{"content":"tick","everySeconds":10}""");
        await response.IsProblemAsync(status, code);
    }

    [GeneratedRegex(",?\"requestId\":\"[0-9a-f]{32}\"")]
    private static partial Regex RequestIds();

    private void Answers(string reply)
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Then(FakeSidecar.Text(200, reply));
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
