namespace AgentMesh.Gateway.Tests.Agents;

public sealed class InfoTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private readonly HttpClient _client = fixture.Gateway.Client();

    [Fact]
    public async Task AgentNeverUsed_IsAllZero()
    {
        fixture.Sidecar.Reset();
        Assert.Equal(
            """{"userId":"alice","walletAddress":null,"messageCount":0,"budget":{"limits":[]},"createdAt":null,"lastActive":null}""",
            await GetAsync());
        var call = Assert.Single(fixture.Sidecar.Calls);
        Assert.Equal("PUT", call.Method);
        Assert.Equal("", call.Body);
        Assert.Equal("sidecar-token", call.Headers["dapr-api-token"]);
    }

    [Fact]
    public async Task UsedAgent_HasCountersAndTimesInUtc()
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Then(FakeSidecar.Text(
            200, """{"value":{"messageCount":4,"createdAt":"2026-01-02T03:04:05+00:00","lastActive":"2026-01-02T05:04:05.678+01:00","walletAddress":"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"}}"""),
            FakeSidecar.Text(200, """{"reason":"balance_not_configured"}"""));
        Assert.Equal(
            """{"userId":"alice","walletAddress":"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed","messageCount":4,"budget":{"limits":[]},"createdAt":"2026-01-02T03:04:05Z","lastActive":"2026-01-02T04:04:05.678Z"}""",
            await GetAsync());
    }

    private async Task<string> GetAsync()
    {
        using var response = await _client.GetAsync(new Uri("/agent/alice/info", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.NotNull(response.Content.Headers.ContentLength);
        return await response.IsJsonAsync();
    }
}
