namespace AgentMesh.Gateway.Tests.Agents;

public sealed class HistoryTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private readonly HttpClient _client = fixture.Gateway.Client();

    [Fact]
    public async Task Page_HasMessagesAndNextBefore()
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Then(FakeSidecar.Text(
            200,
            """{"value":{"messages":[{"seq":1,"role":"user","content":"Grüße 😀 \"<b>\"","timestamp":1767322800000},{"seq":2,"role":"assistant","content":"ok","timestamp":1767322800001}],"nextBefore":1}}"""));
        using var response = await GetAsync("");
        Assert.Equal(
            """{"messages":[{"seq":1,"role":"user","content":"Grüße 😀 \"<b>\"","timestamp":1767322800000},{"seq":2,"role":"assistant","content":"ok","timestamp":1767322800001}],"nextBefore":1}"""
                .Replace("😀", """\uD83D\uDE00""", StringComparison.Ordinal),
            await response.IsJsonAsync());
    }

    [Fact]
    public async Task LastPage_WritesNextBeforeNull()
    {
        fixture.Sidecar.Reset();
        using var response = await GetAsync("");
        Assert.Equal("""{"messages":[],"nextBefore":null}""", await response.IsJsonAsync());
    }

    [Theory]
    [InlineData("", """{"limit":100}""")]
    [InlineData("?limit=1", """{"limit":1}""")]
    [InlineData("?limit=1000&before=9223372036854775807", """{"limit":1000,"before":9223372036854775807}""")]
    [InlineData("?sessionId=abcdefghijklmnopqrstuvwxyz&before=1&other=2", """{"sessionId":"abcdefghijklmnopqrstuvwxyz","limit":100,"before":1}""")]
    public async Task Query_ReachesTheActor(string query, string body)
    {
        fixture.Sidecar.Reset();
        using var response = await GetAsync(query);
        await response.IsJsonAsync();
        Assert.Equal(body, Assert.Single(fixture.Sidecar.Calls).Body);
    }

    [Theory]
    [InlineData("?limit=", 400, "invalid_limit")]
    [InlineData("?limit=0", 400, "invalid_limit")]
    [InlineData("?limit=1001", 400, "invalid_limit")]
    [InlineData("?limit=-1", 400, "invalid_limit")]
    [InlineData("?limit=+5", 400, "invalid_limit")]
    [InlineData("?limit=%205", 400, "invalid_limit")]
    [InlineData("?limit=5%00", 400, "invalid_limit")]
    [InlineData("?before=5%00", 400, "invalid_before")]
    [InlineData("?limit=1e2", 400, "invalid_limit")]
    [InlineData("?limit=5.0", 400, "invalid_limit")]
    [InlineData("?limit=0x10", 400, "invalid_limit")]
    [InlineData("?limit=abc", 400, "invalid_limit")]
    [InlineData("?limit=%D9%A1", 400, "invalid_limit")]
    [InlineData("?limit=99999999999999999999999999", 400, "invalid_limit")]
    [InlineData("?limit=4294967297", 400, "invalid_limit")]
    [InlineData("?limit=1&limit=2", 400, "invalid_limit")]
    [InlineData("?LIMIT=0", 400, "invalid_limit")]
    [InlineData("?before=", 400, "invalid_before")]
    [InlineData("?before=0", 400, "invalid_before")]
    [InlineData("?before=-1", 400, "invalid_before")]
    [InlineData("?before=abc", 400, "invalid_before")]
    [InlineData("?before=9223372036854775808", 400, "invalid_before")]
    [InlineData("?before=1&before=2", 400, "invalid_before")]
    [InlineData("?limit=0&before=0", 400, "invalid_limit")]
    [InlineData("?sessionId=", 404, "session_not_found")]
    [InlineData("?sessionId=a&sessionId=b", 404, "session_not_found")]
    [InlineData("?sessionId=%00", 404, "session_not_found")]
    [InlineData("?sessionId=..%2Fhead", 404, "session_not_found")]
    public async Task BadQuery_IsRefusedWithoutACall(string query, int status, string code)
    {
        fixture.Sidecar.Reset();
        using var response = await GetAsync(query);
        await response.IsProblemAsync(status, code);
        Assert.Empty(fixture.Sidecar.Calls);
    }

    private Task<HttpResponseMessage> GetAsync(string query) =>
        _client.GetAsync(new Uri("/agent/alice/history" + query, UriKind.Relative), TestContext.Current.CancellationToken);
}
