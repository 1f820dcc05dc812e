using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AgentMesh.Gateway.Tests.Identity;

namespace AgentMesh.Gateway.Tests.Mcp;

/// <summary>Who calls an agent's tools, by tokens of an OpenID Connect issuer.</summary>
public sealed class TokenTests : IAsyncLifetime
{
    private static readonly string[] Paid = ["forecast", "premium_analysis"];

    private Authority _authority = null!;
    private FakeSidecar _sidecar = null!;
    private GatewayServer _gateway = null!;

    public static TheoryData<string, string> Refused => new MatrixTheoryData<string, string>(
        [Revisions.Newest, Revisions.November2025, Revisions.Oldest],
        ["expired", "other audience", "other issuer", "other key", "alg none", "signed with the public key", "nonsense", ""]);

    public async ValueTask InitializeAsync()
    {
        _authority = await Authority.StartAsync();
        _sidecar = await FakeSidecar.StartAsync();
        _sidecar.Agent = McpFixture.Answer;
        _gateway = new GatewayServer(_sidecar, null, [.. _authority.Settings, new("APP_API_TOKEN", "app-token"), new("AgentMesh:Payments:PublicUrl", "https://agents.example.org")]);
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _sidecar.DisposeAsync();
        await _authority.DisposeAsync();
    }

    /// <summary>Nobody with a bad token is served as a stranger, and the answer says where a good one is to be had.</summary>
    [Theory]
    [MemberData(nameof(Refused))]
    public async Task BadToken_Is401_AndNamesItsMetadata(string revision, string kind)
    {
        using var client = _gateway.Client();
        using var request = new RawMcp(client, revision).Request("tools/list");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Token(kind)}");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        await response.IsProblemAsync(401, "invalid_token");
        Assert.Equal(
            "Bearer error=\"invalid_token\", resource_metadata=\"https://agents.example.org/.well-known/oauth-protected-resource/agent/alice/mcp\"",
            response.Headers.WwwAuthenticate.ToString());
        Assert.Empty(_sidecar.Calls);
    }

    /// <summary>RFC 9728.</summary>
    [Theory]
    [InlineData("/agent/alice/mcp")]
    [InlineData("/t/acme/agent/alice/mcp")]
    public async Task Metadata_IsOfTheEndpoint_AndNamesTheIssuer(string path)
    {
        using var client = _gateway.Client();
        using var response = await client.GetAsync(new Uri($"/.well-known/oauth-protected-resource{path}", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(
            $$"""{"resource":"https://agents.example.org{{path}}","authorization_servers":["{{_authority.Url}}"],"bearer_methods_supported":["header"],"scopes_supported":["agentmesh","agentmesh.admin","agentmesh.operator"]}""",
            await response.IsJsonAsync());
    }

    [Theory]
    [InlineData("/agent/alice")]
    [InlineData("/agent/alice/mcp/x")]
    [InlineData("")]
    public async Task OfAnythingElse_ThereIsNoMetadata(string path)
    {
        using var client = _gateway.Client();
        using var response = await client.GetAsync(new Uri($"/.well-known/oauth-protected-resource{path}", UriKind.Relative), TestContext.Current.CancellationToken);
        await response.IsProblemAsync(404, "not_found");
    }

    [Theory]
    [InlineData("owner", true)]
    [InlineData("owner and admin", true)]
    [InlineData("nobody", false)]
    [InlineData("in the query", false)]
    [InlineData("other user", false)]
    [InlineData("other tenant", false)]
    [InlineData("no scope", false)]
    [InlineData("admin alone", false)]
    public async Task ToolsOfTheOwner_AreTheirsAlone(string kind, bool isOwner)
    {
        using var http = _gateway.Client();
        if (kind is not ("nobody" or "in the query"))
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token(kind));
        var client = new RawMcp(http, path: kind == "other tenant" ? "/t/default/agent/alice/mcp" : kind == "in the query" ? $"/agent/alice/mcp?access_token={Token("owner")}" : "/agent/alice/mcp");
        var listed = (await client.ResultAsync("tools/list")).GetProperty("tools").EnumerateArray().Select(tool => tool.GetProperty("name").GetString()!).ToList();
        Assert.Subset(listed.ToHashSet(), Paid.ToHashSet());
        if (isOwner)
        {
            Assert.Contains("get_history", listed);
            Assert.False((await client.CallAsync("get_history")).TryGetProperty("isError", out _));
            return;
        }

        Assert.Equal(Paid, listed);
        foreach (var name in new[] { "send_message", "get_history", "get_info", "get_budget", "list_payments", "send_to_agent" })
            Assert.Equal(-32602, (await client.ErrorAsync("tools/call", new JsonObject { ["name"] = name, ["arguments"] = new JsonObject { ["content"] = "x" } })).Code);
        Assert.Equal(-32601, (await client.ErrorAsync("resources/read", new JsonObject { ["uri"] = "agent://alice/history" })).Code);
        Assert.All(_sidecar.Calls, call => Assert.EndsWith("/GetSales", call.Path, StringComparison.Ordinal));
    }

    /// <summary>What a client carries is bound to who it is, not to the bytes of its token.</summary>
    [Fact]
    public async Task Question_IsAnsweredWithTheUsersNextToken()
    {
        var buyer = FakeBuyer.Behind(_sidecar);
        var asked = await Client(TimeSpan.FromMinutes(5)).ResultAsync("tools/call", Call(null));
        Assert.Equal("input_required", asked.GetProperty("resultType").GetString());
        var bought = await Client(TimeSpan.FromMinutes(6)).ResultAsync("tools/call", Call(asked.GetProperty("requestState").GetString()));
        Assert.Contains(FakeBuyer.Answer, bought.GetProperty("content")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, buyer.Bought);

        RawMcp Client(TimeSpan expires)
        {
            var http = _gateway.Client();
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _authority.Tokens.Token(issuer: _authority.Url, expires: expires));
            return new RawMcp(http);
        }
    }

    private string Token(string kind)
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (tokens, issuer) = (_authority.Tokens, _authority.Url);
        return kind switch
        {
            "expired" => tokens.Token(issuer: issuer, expires: TimeSpan.FromSeconds(-31)),
            "other audience" => tokens.Token(issuer: issuer, audience: "another-service"),
            "other issuer" => tokens.Token(),
            "other key" => tokens.Token(issuer: issuer, key: other),
            "alg none" => TokenIssuer.Unsigned(),
            "signed with the public key" => tokens.SignedWithPublicKey(),
            "nonsense" or "" => kind,
            "other user" => tokens.Token("bob", issuer: issuer),
            "other tenant" => tokens.Token(issuer: issuer, tenant: "acme"),
            "no scope" => tokens.Token(issuer: issuer, scope: null),
            "admin alone" => tokens.Token(issuer: issuer, scope: "agentmesh.admin"),
            "owner and admin" => tokens.Token(issuer: issuer, scope: "agentmesh agentmesh.admin"),
            _ => tokens.Token(issuer: issuer),
        };
    }

    private static JsonObject Call(string? state)
    {
        var meta = new JsonObject { [RawMcp.MetaPrefix + "clientCapabilities"] = new JsonObject { ["elicitation"] = new JsonObject() } };
        var call = new JsonObject { ["name"] = "pay", ["arguments"] = JsonNode.Parse("""{"url":"https://shop.example/","maxAmount":"3000000"}"""), ["_meta"] = meta };
        if (state is null)
            return call;
        call["requestState"] = state;
        call["inputResponses"] = JsonNode.Parse("""{"approve_payment":{"action":"accept","content":{"approve":true}}}""");
        return call;
    }
}
