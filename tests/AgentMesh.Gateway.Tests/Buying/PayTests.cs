using System.Net;
using System.Text;

namespace AgentMesh.Gateway.Tests.Buying;

/// <summary>What is refused by its URL is refused here: an agent that is asked would be made for nothing.</summary>
public sealed class PayTests
{
    [Theory]
    [InlineData("http://169.254.169.254/latest/")]
    [InlineData("https://10.0.0.1/")]
    [InlineData("http://[::1]:1/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://127.0.0.1:8080/agent/bob/message")]
    [InlineData("ftp://shop.example/")]
    [InlineData("http://user@shop.example/")]
    [InlineData("shop.example")]
    [InlineData("")]
    public async Task UrlThatMustNotBeCalled_IsRefused_AndNoAgentIsAsked(string url)
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        await using var gateway = new GatewayServer(sidecar, null, [new("AGENTMESH_GATEWAY_PORTS", "8080")]);
        using var answer = await PayAsync(gateway, url);
        await answer.IsProblemAsync(400, "url_not_allowed");
        Assert.Empty(sidecar.Calls);
    }

    [Theory]
    [InlineData("https://shop.example/")]
    // What the name leads to is seen when it is connected to.
    [InlineData("http://localhost:1/")]
    [InlineData("http://10.1.2.3/")]
    [InlineData("http://127.0.0.1:8080/agent/bob/premium/analysis")]
    public async Task UrlThatMayBeCalled_IsTheAgents(string url)
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        await using var gateway = new GatewayServer(sidecar, null, [new("AgentMesh:Outgoing:Allow", "10.1.0.0/16"), new("AGENTMESH_GATEWAY_PORTS", "8080")]);
        sidecar.Agent = _ => """{"value":{"id":"p1","isPending":false,"status":200,"body":"aGk="}}""";
        using var answer = await PayAsync(gateway, url);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var call = Assert.Single(sidecar.Calls);
        Assert.EndsWith("/BeginPurchase", call.Path, StringComparison.Ordinal);
        Assert.Contains($"\"url\":\"{url}\"", call.Body, StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> PayAsync(GatewayServer gateway, string url)
    {
        using var client = gateway.Client();
        using var body = new StringContent($$"""{"url":"{{url}}","maxAmount":"0"}""", Encoding.UTF8, "application/json");
        return await client.PostAsync(new Uri("/agent/alice/pay", UriKind.Relative), body, TestContext.Current.CancellationToken);
    }
}
