using System.Net;
using System.Text;

namespace AgentMesh.Gateway.Tests.Agents;

public sealed class SessionTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string Id = "aaaqeayeaudaocajbifqydiob4";

    private const string Reply =
        $$$"""{"value":{"id":"{{{Id}}}","createdAt":"2026-01-02T03:04:05.678+00:00","lastActive":"2026-01-02T03:04:06.678+00:00","metadata":"{\"title\":\"Trip <1>\",\"n\":1.10}"}}""";

    private const string Answer =
        $$$"""{"id":"{{{Id}}}","createdAt":"2026-01-02T03:04:05.678Z","lastActive":"2026-01-02T03:04:06.678Z","metadata":{"title":"Trip <1>","n":1.10},"ttlSeconds":null,"expiresAt":null}""";

    private readonly HttpClient _client = fixture.Gateway.Client();

    [Theory]
    [InlineData(null, "{}")]
    [InlineData("{}", "{}")]
    [InlineData("""{"metadata":null}""", "{}")]
    [InlineData("""{"metadata":{"a":{"b":1.10}}}""", """{"metadata":"{\"a\":{\"b\":1.10}}"}""")]
    [InlineData("""{"ttlSeconds":0}""", """{"ttlSeconds":0}""")]
    [InlineData("""{"ttlSeconds":60}""", """{"ttlSeconds":60}""")]
    [InlineData("""{"ttlSeconds":31622400}""", """{"ttlSeconds":31622400}""")]
    public async Task Create_Answers201_WithItsPlace(string? body, string sent)
    {
        Answers(Reply);
        using var response = await SendAsync(HttpMethod.Post, "/agent/alice/sessions", body);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal($"/agent/alice/sessions/{Id}", response.Headers.Location?.OriginalString);
        Assert.Equal(Answer, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var call = Assert.Single(fixture.Sidecar.Calls);
        Assert.EndsWith("/AgentActor/default:alice/method/CreateSession", call.Path, StringComparison.Ordinal);
        Assert.Equal(
            sent.Replace("\\\"", "\\u0022", StringComparison.Ordinal),
            System.Text.RegularExpressions.Regex.Replace(call.Body, ",?\"requestId\":\"[0-9a-f]{32}\"", "").Replace("{,", "{", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Id)]
    [InlineData("default")]
    public async Task Summary_IsShown(string id)
    {
        Answers($$$"""{"value":{"sessionId":"{{{id}}}","text":"In <short>.","throughSeq":64,"updatedAt":"2026-01-02T03:04:05.678+00:00"}}""");
        using var response = await SendAsync(HttpMethod.Get, $"/agent/alice/sessions/{id}/summary", null);
        Assert.Equal(
            $$$"""{"sessionId":"{{{id}}}","text":"In <short>.","throughSeq":64,"updatedAt":"2026-01-02T03:04:05.678Z"}""",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var call = Assert.Single(fixture.Sidecar.Calls);
        Assert.EndsWith("/AgentActor/default:alice/method/GetSummary", call.Path, StringComparison.Ordinal);
        Assert.Equal($$$"""{"sessionId":"{{{id}}}"}""", call.Body);
    }

    [Theory]
    [InlineData("summary_not_found")]
    [InlineData("session_not_found")]
    public async Task Summary_ThatIsNotThere_Is404(string code)
    {
        Answers($$$"""{"refusal":{"code":"{{{code}}}","detail":"none"}}""");
        using var response = await SendAsync(HttpMethod.Get, $"/agent/alice/sessions/{Id}/summary", null);
        await response.IsProblemAsync(404, code);
    }

    [Fact]
    public async Task Create_PassesTheKeyOn()
    {
        Answers(Reply);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/agent/alice/sessions");
        request.Headers.Add("Idempotency-Key", "k1");
        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Contains("\"idempotencyKey\":\"k1\"", Assert.Single(fixture.Sidecar.Calls).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"metadata":[]}""", 400, "invalid_metadata")]
    [InlineData("""{"metadata":"a"}""", 400, "invalid_metadata")]
    [InlineData("""{"metadata":1}""", 400, "invalid_metadata")]
    [InlineData("""{"metadata":{"a":1,"a":2}}""", 400, "invalid_request")]
    [InlineData("""{"metadata":{"a":["\ud800"]}}""", 400, "invalid_metadata")]
    [InlineData("""{"ttlSeconds":59}""", 400, "invalid_ttl")]
    [InlineData("""{"ttlSeconds":31622401}""", 400, "invalid_ttl")]
    [InlineData("""{"ttlSeconds":60.5}""", 400, "invalid_ttl")]
    [InlineData("""{"ttlSeconds":"60"}""", 400, "invalid_ttl")]
    [InlineData("[]", 400, "invalid_request")]
    [InlineData("{", 400, "invalid_json")]
    [InlineData("null", 400, "invalid_request")]
    public async Task BadBody_IsRefused_AndReachesNoAgent(string body, int status, string code)
    {
        fixture.Sidecar.Reset();
        foreach (var (method, path) in new[] { (HttpMethod.Post, "/agent/alice/sessions"), (HttpMethod.Patch, $"/agent/alice/sessions/{Id}") })
        {
            using var response = await SendAsync(method, path, body);
            await response.IsProblemAsync(status, code);
        }

        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Theory]
    [InlineData(4096, true)]
    [InlineData(4097, false)]
    public async Task Metadata_IsBounded(int bytes, bool fits)
    {
        Answers(Reply);
        using var response = await SendAsync(HttpMethod.Post, "/agent/alice/sessions", $$$"""{"metadata":{"a":"{{{new string('x', bytes - 8)}}}"}}""");
        Assert.Equal(fits ? HttpStatusCode.Created : HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Get_AnswersTheSession()
    {
        Answers(Reply);
        using var response = await SendAsync(HttpMethod.Get, $"/agent/alice/sessions/{Id}", null);
        Assert.Equal(Answer, await response.IsJsonAsync());
        Assert.Equal($$"""{"sessionId":"{{Id}}"}""", Assert.Single(fixture.Sidecar.Calls).Body);
    }

    [Fact]
    public async Task List_AnswersAPage()
    {
        Answers(Reply.Replace("\"value\":", "\"value\":{\"sessions\":[", StringComparison.Ordinal).Replace("}}", $"}}],\"nextCursor\":\"{Id}\"}}}}", StringComparison.Ordinal));
        using var response = await SendAsync(HttpMethod.Get, $"/agent/alice/sessions?limit=1&cursor={Id}", null);
        Assert.Equal($$"""{"sessions":[{{Answer}}],"nextCursor":"{{Id}}"}""", await response.IsJsonAsync());
        Assert.Equal($$"""{"limit":1,"cursor":"{{Id}}"}""", Assert.Single(fixture.Sidecar.Calls).Body);
    }

    [Theory]
    [InlineData("?limit=0", "invalid_limit")]
    [InlineData("?limit=101", "invalid_limit")]
    [InlineData("?limit=1&limit=2", "invalid_limit")]
    [InlineData("?limit=x", "invalid_limit")]
    [InlineData("?cursor=", "invalid_cursor")]
    [InlineData("?cursor=A", "invalid_cursor")]
    [InlineData("?cursor=a&cursor=b", "invalid_cursor")]
    public async Task BadQuery_IsRefused(string query, string code)
    {
        fixture.Sidecar.Reset();
        using var response = await SendAsync(HttpMethod.Get, "/agent/alice/sessions" + query, null);
        await response.IsProblemAsync(400, code);
        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Fact]
    public async Task Delete_GoesOnUntilItIsDone()
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Then(
            FakeSidecar.Text(200, """{"value":{"isDone":false}}"""), FakeSidecar.Text(200, """{"value":{"isDone":false}}"""), FakeSidecar.Text(200, """{"value":{"isDone":true}}"""));
        using var response = await SendAsync(HttpMethod.Delete, $"/agent/alice/sessions/{Id}", null);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(3, fixture.Sidecar.Calls.Count);
    }

    [Theory]
    [InlineData("UPPER")]
    [InlineData("a%2Fb")]
    [InlineData("a:b")]
    [InlineData("..%2F..")]
    public async Task TextThatIsNoId_IsNotFound_AndReachesNoAgent(string id)
    {
        fixture.Sidecar.Reset();
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Patch, HttpMethod.Delete })
        {
            using var response = await SendAsync(method, $"/agent/alice/sessions/{id}", null);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }

        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Theory]
    [InlineData("POST", "", "too_many_sessions", 409)]
    [InlineData("POST", "", "invalid_metadata", 400)]
    [InlineData("GET", "/" + Id, "session_not_found", 404)]
    [InlineData("PATCH", "/" + Id, "session_not_found", 404)]
    [InlineData("PATCH", "/" + Id, "default_session_fixed", 409)]
    [InlineData("PATCH", "/" + Id, "invalid_metadata", 400)]
    [InlineData("DELETE", "/" + Id, "session_not_found", 404)]
    [InlineData("DELETE", "/" + Id, "default_session_fixed", 409)]
    public async Task Refusal_OfTheAgent_IsPassedOn(string method, string path, string code, int status)
    {
        Answers($$$"""{"refusal":{"code":"{{{code}}}","detail":"No."}}""");
        using var response = await SendAsync(new HttpMethod(method), "/agent/alice/sessions" + path, null);
        await response.IsProblemAsync(status, code);
    }

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
