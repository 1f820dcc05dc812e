using System.Text.Json;

namespace AgentMesh.Gateway.Tests.Agents;

public sealed class MessageTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private readonly HttpClient _client = fixture.Gateway.Client();

    [Fact]
    public async Task Message_IsAnsweredByTheAgent()
    {
        fixture.Sidecar.Reset();
        using var response = await PostAsync("""{"content":"hi"}""");
        Assert.Equal(
            """{"response":"You said: hi","messageCount":2,"seq":2,"turnId":"t1","sessionId":"default"}""", await response.IsJsonAsync());

        var call = Assert.Single(fixture.Sidecar.Calls);
        Assert.Equal("PUT", call.Method);
        Assert.Equal("/v1.0/actors/AgentActor/default:alice/method/PostMessage", call.Path);
        var message = JsonDocument.Parse(call.Body).RootElement;
        Assert.Equal("hi", message.GetProperty("content").GetString());
        Assert.Matches("^[0-9a-f]{32}$", message.GetProperty("requestId").GetString()!);
        Assert.Equal(["content", "requestId"], message.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task SessionAndKey_ReachTheActor()
    {
        fixture.Sidecar.Reset();
        using var response = await PostAsync("""{"content":"hi","sessionId":"abc"}""", key: "k-1!~");
        await response.IsJsonAsync();
        var message = JsonDocument.Parse(Assert.Single(fixture.Sidecar.Calls).Body).RootElement;
        Assert.Equal("abc", message.GetProperty("sessionId").GetString());
        Assert.Equal("k-1!~", message.GetProperty("idempotencyKey").GetString());
    }

    [Fact]
    public async Task TwoRequests_HaveTwoRequestIds()
    {
        fixture.Sidecar.Reset();
        using var first = await PostAsync("""{"content":"hi"}""");
        using var second = await PostAsync("""{"content":"hi"}""");
        Assert.Equal(2, fixture.Sidecar.Calls.Select(call => JsonDocument.Parse(call.Body).RootElement.GetProperty("requestId").GetString()).Distinct().Count());
    }

    [Theory]
    [InlineData("agent_quarantined", 503)]
    [InlineData("session_not_found", 404)]
    [InlineData("idempotency_key_reused", 409)]
    [InlineData("too_many_idempotency_keys", 429)]
    [InlineData("invalid_content", 400)]
    [InlineData("too_many_turns", 429)]
    [InlineData("a_code_of_a_newer_agent", 500)]
    public async Task RefusalOfTheAgent_IsItsProblem(string code, int status)
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Then(FakeSidecar.Text(200, $$$"""{"refusal":{"code":"{{{code}}}","detail":"Because."}}"""));
        using var response = await PostAsync("""{"content":"hi"}""");
        var problem = await response.IsProblemAsync(status, code);
        Assert.Equal("Because.", problem.GetProperty("detail").GetString());
        Assert.Single(fixture.Sidecar.Calls);
    }

    [Fact]
    public async Task HeadersOfTheCaller_StayOutside()
    {
        fixture.Sidecar.Reset();
        using var request = Request("""{"content":"hi"}""");
        request.Headers.TryAddWithoutValidation("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        request.Headers.TryAddWithoutValidation("tracestate", new string('a', 200) + "=" + new string('b', 200));
        request.Headers.TryAddWithoutValidation("baggage", "k=" + new string('v', 6000));
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer secret");
        request.Headers.TryAddWithoutValidation("Cookie", "a=b");
        request.Headers.TryAddWithoutValidation("dapr-api-token", "mine");
        request.Headers.TryAddWithoutValidation("Dapr-Reentrancy-Id", "x");
        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        await response.IsJsonAsync();

        var headers = Assert.Single(fixture.Sidecar.Calls).Headers;
        Assert.Equal(["Content-Length", "Content-Type", "dapr-api-token", "Host", "traceparent"], headers.Keys.Order(StringComparer.OrdinalIgnoreCase));
        Assert.Equal("sidecar-token", headers["dapr-api-token"]);
        Assert.StartsWith("00-0af7651916cd43dd8448eb211c80319c-", headers["traceparent"], StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> PostAsync(string body, string? key = null)
    {
        var request = Request(body);
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return _client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static HttpRequestMessage Request(string body) => new(HttpMethod.Post, new Uri("/agent/alice/message", UriKind.Relative))
    {
        Content = new StringContent(body, null, "application/json"),
    };
}
