using System.Net;
using AgentMesh.Facilitator.Settlement;
using AgentMesh.Testing;
using AgentMesh.X402.Wire;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AgentMesh.Facilitator.Tests.Hosting;

/// <summary>Who may call, with what, and what everybody is told.</summary>
public sealed class EdgeTests : IAsyncLifetime
{
    private FakeStateStore _store = null!;
    private FacilitatorServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await FakeStateStore.StartAsync();
        _server = new FacilitatorServer(_store, new KeyValuePair<string, string>("AgentMesh:Facilitator:Networks", "eip155:84532,eip155:31337"));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Supported_IsWhatIsServed_InBothVersions()
    {
        var text = await _server.Http.GetStringAsync("/supported", TestContext.Current.CancellationToken);
        Assert.Equal(
            """{"kinds":[{"x402Version":2,"scheme":"exact","network":"eip155:84532"},{"x402Version":2,"scheme":"exact","network":"eip155:31337"},"""
            + """{"x402Version":1,"scheme":"exact","network":"base-sepolia"}],"extensions":[],"signers":{"eip155:*":["SIGNER"]}}""",
            text.Replace(SettlementEndpoints.Signer.ToString(), "SIGNER", StringComparison.Ordinal));
    }

    /// <summary>Each route of the app: without its token, with a wrong one, with the right one. A route without a row here fails the test.</summary>
    [Fact]
    public async Task EveryRoute_IsForTheSidecarOnly_ButHealth()
    {
        await using var server = new FacilitatorServer(_store, new("APP_API_TOKEN", "secret"), new("AgentMesh:Facilitator:Faults", "true"));
        // Not as a program of this machine comes, which may look at the chain.
        server.Http.DefaultRequestHeaders.Host = "facilitator.example";
        Assert.Equal(
            [
                "GET /faults: 401 401 ok",
                "GET /healthz: ok ok ok",
                "GET /livez: ok ok ok",
                "GET /metrics: ok ok ok",
                "GET /readyz: ok ok ok",
                "GET /supported: 401 401 ok",
                "GET /{*path:nonfile}: ok ok ok",
                "HEAD /healthz: ok ok ok",
                "HEAD /livez: ok ok ok",
                "HEAD /readyz: ok ok ok",
                "POST /faucet: 401 401 ok",
                "POST /faults: 401 401 ok",
                "POST /rpc/{chainId}: 401 401 ok",
                "POST /rpc: 401 401 ok",
                "POST /settle: 401 401 ok",
                "POST /verify: 401 401 ok",
            ],
            await AppRoutes.AskAsync(server.Http, server.Services.GetRequiredService<EndpointDataSource>().Endpoints, "secret", TestContext.Current.CancellationToken));
    }

    /// <summary>A person at the terminal has no token, and a web page has no business here.</summary>
    [Theory]
    [InlineData("localhost:8083", null, true)]
    [InlineData("127.0.0.1:8083", null, true)]
    [InlineData("[::1]:8083", null, true)]
    [InlineData("127.0.0.1.nip.io:8083", null, false)]
    [InlineData("facilitator.example", null, false)]
    [InlineData("localhost:8083", "Origin: http://localhost:8083", false)]
    [InlineData("localhost:8083", "Origin: null", false)]
    [InlineData("localhost:8083", "X-Forwarded-For: 192.0.2.1", false)]
    [InlineData("localhost:8083", "Forwarded: for=192.0.2.1", false)]
    [InlineData("localhost:8083", "Via: 1.1 proxy", false)]
    public async Task ChainAndFaucet_AreForProgramsOfThisMachineToo(string host, string? header, bool isServed)
    {
        await using var server = new FacilitatorServer(_store, new("APP_API_TOKEN", "secret"), new("AgentMesh:Facilitator:Faults", "true"));
        server.Http.DefaultRequestHeaders.Host = host;
        if (header?.Split(": ") is [var name, var value])
            server.Http.DefaultRequestHeaders.Add(name, value);
        Assert.Equal(isServed ? 200 : 401, (await server.PostAsync("/rpc", new { id = 1, method = "eth_chainId" })).Status);
        Assert.Equal(isServed ? 200 : 401, (await server.PostAsync("/rpc/84532", new { id = 1, method = "eth_chainId" })).Status);
        Assert.Equal(isServed ? 200 : 401, (await server.PostAsync("/faucet", new { address = Payments.Seller.ToString() })).Status);
        Assert.Equal(401, (await server.PostAsync("/settle", new { })).Status);
        server.Http.DefaultRequestHeaders.Add("dapr-api-token", "secret");
        Assert.Equal(200, (await server.PostAsync("/rpc", new { id = 1, method = "eth_chainId" })).Status);
    }

    [Theory]
    [InlineData("text/plain", 415)]
    [InlineData("application/json; charset=latin1", 415)]
    [InlineData("application/json; charset=UTF-8", 200)]
    [InlineData("application/json", 200)]
    public async Task Body_HasToBeJson(string type, int status)
    {
        using var content = new ByteArrayContent("{}"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var answer = await _server.Http.PostAsync("/verify", content, TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData(X402Limits.MaxBodyBytes, 200)]
    [InlineData(X402Limits.MaxBodyBytes + 1, 413)]
    public async Task Body_IsBounded(int length, int status)
    {
        using var content = new StringContent("{}".PadRight(length), null, "application/json");
        using var answer = await _server.Http.PostAsync("/settle", content, TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"x402Version":2}""")]
    [InlineData("""{"paymentPayload":{},"paymentRequirements":{}}""")]
    [InlineData("""{"x402Version":3,"paymentPayload":{"x402Version":3},"paymentRequirements":{}}""")]
    public async Task BodyThatIsNoPayment_IsANo(string body)
    {
        foreach (var path in (string[])["/verify", "/settle"])
        {
            using var content = new StringContent(body, null, "application/json");
            using var answer = await _server.Http.PostAsync(path, content, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var json = System.Text.Json.JsonElement.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            Assert.False(json.GetProperty(path == "/verify" ? "isValid" : "success").GetBoolean());
            Assert.StartsWith("invalid_", json.GetProperty(path == "/verify" ? "invalidReason" : "errorReason").GetString(), StringComparison.Ordinal);
        }
    }
}
