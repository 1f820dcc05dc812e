namespace AgentMesh.Gateway.Tests.Agents;

public sealed class PathTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private static readonly string[] Rests = ["", "/", "/info", "/message", "/history", "/nope", "/nope/deeper", "/mcp/deeper"];
    private static readonly HttpMethod[] Methods = [HttpMethod.Get, HttpMethod.Post, HttpMethod.Delete];
    private readonly HttpClient _client = fixture.Gateway.Client();

    [Theory]
    [InlineData("/agent")]
    [InlineData("/agent/")]
    [InlineData("/agent?x=1")]
    public async Task NoUser_AnswersUsage(string path)
    {
        using var response = await _client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        var problem = await response.IsProblemAsync(400, "user_id_missing");
        Assert.Equal("Usage: /agent/{userId}", problem.GetProperty("detail").GetString());
    }

    public static TheoryData<string> InvalidUserIds =>
    [
        "ALICE", "Alice", ".alice", "-alice", "_alice", "%20", "%20alice", "al%20ice", "alice!", "alice@x", "a:b", "default:alice", "%C3%A4", "a%2Fb",
        "..%2Falice", "%252e", "%2561lice", "a%5Cb", "a;b", "a,b", "a+b", "a%0Ab", "%F0%9F%98%80", "a%E2%80%8Bb", new string('a', 65),
    ];

    public static TheoryData<string, string> InvalidUserIdPaths => new(
        from id in InvalidUserIds.Select(row => row.Data)
        from rest in Rests
        select (id, rest));

    [Theory]
    [MemberData(nameof(InvalidUserIdPaths))]
    public async Task InvalidUserId_IsRefusedOnEveryPathAndMethod(string id, string rest)
    {
        fixture.Sidecar.Reset();
        foreach (var method in Methods)
        {
            using var request = new HttpRequestMessage(method, new Uri($"/agent/{id}{rest}", UriKind.Relative));
            using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
            await response.IsProblemAsync(400, "invalid_user_id");
        }

        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("0", "0")]
    [InlineData("%61lice", "alice")]
    [InlineData("a.b_c-d", "a.b_c-d")]
    [InlineData("alice%2e", "alice.")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task ValidUserId_IsTheActorOfItsTenant(string id, string user)
    {
        fixture.Sidecar.Reset();
        using var response = await _client.GetAsync(new Uri($"/agent/{id}/info", UriKind.Relative), TestContext.Current.CancellationToken);
        await response.IsJsonAsync();
        Assert.Equal($"/v1.0/actors/AgentActor/default:{user}/method/GetInfo", Assert.Single(fixture.Sidecar.Calls).Path);
    }

    [Theory]
    [InlineData("GET", "/nope", null)]
    [InlineData("GET", "/agents/alice/info", null)]
    [InlineData("POST", "/agent/alice", "DELETE, GET")]
    [InlineData("GET", "/agent/alice/nope", null)]
    [InlineData("GET", "/agent/alice/info/more", null)]
    [InlineData("POST", "/agent", "GET")]
    [InlineData("POST", "/agent/", "GET")]
    [InlineData("POST", "/agent/alice/info", "GET")]
    [InlineData("DELETE", "/agent/alice/history", "GET")]
    [InlineData("GET", "/agent/alice/message", "POST")]
    [InlineData("PUT", "/agent/alice/message", "POST")]
    [InlineData("OPTIONS", "/agent/alice/message", "POST")]
    [InlineData("FOO", "/agent/alice/message", "POST")]
    [InlineData("POST", "/livez", "GET, HEAD")]
    public async Task AnythingElse_IsNotFound(string method, string path, string? allow)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        var problem = await response.IsProblemAsync(404, "not_found");
        Assert.Equal(allow, response.Content.Headers.TryGetValues("Allow", out var values) ? string.Join(", ", values) : null);
        if (allow is not null)
            Assert.Contains(allow, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
