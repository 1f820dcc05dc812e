using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace AgentMesh.Gateway.Tests.Budgets;

public sealed class BudgetTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string Usdc = "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e";
    private const string Other = "eip155:84532/erc20:0x0000000000000000000000000000000000000001";

    private const string Stored =
        $$$"""
        {"value":{"limits":[{"scope":"agent","asset":"USD","window":"rolling:24h","limit":"50000000","posted":"12","held":"3","overrun":"0","available":"49999985","resetsAt":"2026-01-02T05:04:05.678+01:00"},{"scope":"tool:shop","asset":"{{{Usdc}}}","window":"once","limit":"340282366920938463463374607431768211455","posted":"0","held":"0","overrun":"1","available":"0"},{"scope":"agent","asset":"{{{Other}}}","window":"once","limit":"1","posted":"0","held":"0","overrun":"0","available":"1"}]}}
        """;

    private const string Shown =
        $$"""
        {"limits":[{"scope":"agent","asset":"USD","symbol":"USD","decimals":6,"window":"rolling:24h","limit":"50000000","posted":"12","held":"3","overrun":"0","available":"49999985","resetsAt":"2026-01-02T04:04:05.678Z"},{"scope":"tool:shop","asset":"{{Usdc}}","symbol":"USDC","decimals":6,"window":"once","limit":"340282366920938463463374607431768211455","posted":"0","held":"0","overrun":"1","available":"0","resetsAt":null},{"scope":"agent","asset":"{{Other}}","symbol":null,"decimals":null,"window":"once","limit":"1","posted":"0","held":"0","overrun":"0","available":"1","resetsAt":null}]}
        """;

    private readonly HttpClient _client = fixture.Gateway.Client();

    [Fact]
    public async Task Budget_IsWhatTheAgentSays()
    {
        Answers(Stored);
        using var response = await _client.GetAsync(new Uri("/agent/alice/budget", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(Shown, await response.IsJsonAsync());
        var call = Assert.Single(fixture.Sidecar.Calls);
        Assert.EndsWith("AgentActor/default:alice/method/GetBudget", call.Path, StringComparison.Ordinal);
        Assert.Equal("", call.Body);
    }

    [Theory]
    [InlineData("agent", "USD", "once", "0")]
    [InlineData("session:default", Usdc, "rolling:90m", "340282366920938463463374607431768211455")]
    [InlineData("session:abcdefghijklmnopqrstuvwxyz", "USD", "calendar:week:Europe/Berlin", "1")]
    [InlineData("tool:get_weather-2", "USD", "calendar:month:America/Argentina/Buenos_Aires", "007")]
    public async Task Limits_ReachTheAgent(string scope, string asset, string window, string limit)
    {
        Answers(Stored);
        var limits = $$"""{"limits":[{"scope":"{{scope}}","asset":"{{asset}}","window":"{{window}}","limit":"{{limit}}"}]}""";
        using var response = await PutAsync(limits);
        Assert.Equal(Shown, await response.IsJsonAsync());
        var call = Assert.Single(fixture.Sidecar.Calls);
        Assert.Equal(limits, call.Body);
        Assert.EndsWith("AgentActor/default:alice/method/SetBudget", call.Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scope", "\"all\"")]
    [InlineData("scope", "\"session:alice\"")]
    [InlineData("scope", "\"tool:\"")]
    [InlineData("scope", "null")]
    [InlineData("asset", "\"usd\"")]
    [InlineData("asset", "\"eip155:84532/erc20:0x036CbD53842c5426634e7929541eC2318f3dCF7e\"")]
    [InlineData("window", "\"daily\"")]
    [InlineData("window", "\"rolling:0h\"")]
    [InlineData("window", "\"rolling:1d\"")]
    [InlineData("window", "\"calendar:day:../zone\"")]
    [InlineData("limit", "\"1.5\"")]
    [InlineData("limit", "\"-1\"")]
    [InlineData("limit", "\"\"")]
    [InlineData("limit", "\"1000000000000000000000000000000000000000\"")]
    public async Task WrongMember_IsNamed(string member, string value)
    {
        fixture.Sidecar.Reset();
        var limit = new Dictionary<string, string> { ["scope"] = "\"agent\"", ["asset"] = "\"USD\"", ["window"] = "\"once\"", ["limit"] = "\"1\"", [member] = value };
        using var response = await PutAsync($$"""{"limits":[{{{string.Join(',', limit.Select(one => $"\"{one.Key}\":{one.Value}"))}}}]}""");
        var problem = await response.IsProblemAsync(400, "invalid_budget");
        Assert.Equal([$"limits[0].{member}"], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Theory]
    [InlineData("{}", "invalid_budget", "limits")]
    [InlineData("""{"limits":null}""", "invalid_budget", "limits")]
    [InlineData("""{"limits":[null]}""", "invalid_budget", "limits[0]")]
    [InlineData("""{"limits":{}}""", "invalid_request", "limits")]
    [InlineData("""{"limits":[{"scope":"agent","asset":"USD","window":"once","limit":1}]}""", "invalid_request", "limits[0].limit")]
    [InlineData("""{"limits":[{"scope":"agent","asset":"USD","window":"once","limit":"1"},{"scope":"agent","asset":"USD","window":"once","limit":"2"}]}""", "invalid_budget", "limits")]
    public async Task Limits_ThatAreNone_AreRefused(string body, string code, string member)
    {
        fixture.Sidecar.Reset();
        using var response = await PutAsync(body);
        var problem = await response.IsProblemAsync(400, code);
        Assert.Equal([member], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    public async Task Limits_AreBounded(int count, bool isFine)
    {
        Answers(Stored);
        using var response = await PutAsync(JsonSerializer.Serialize(new
        {
            limits = Enumerable.Range(0, count).Select(n => new { scope = $"tool:t{n}", asset = "USD", window = "once", limit = "1" }),
        }));
        if (isFine)
            await response.IsJsonAsync();
        else
            await response.IsProblemAsync(400, "invalid_budget");
    }

    // Whatever call finds a budget at its end says where.
    [Theory]
    [InlineData("budget_exceeded", 403)]
    [InlineData("budget_locked", 403)]
    [InlineData("budget_no_limit", 403)]
    public async Task Shortage_IsInTheProblem(string code, int status)
    {
        Answers($$$"""{"refusal":{"code":"{{{code}}}","detail":"No."},"shortage":{"scope":"agent","asset":"USD","window":"rolling:24h","available":"7","resetsAt":"2026-01-02T04:04:05.678+00:00"}}""");
        using var response = await SayAsync();
        var problem = await response.IsProblemAsync(status, code);
        Assert.Equal(
            ["agent", "USD", "rolling:24h", "7", "2026-01-02T04:04:05.678Z"],
            new[] { "scope", "asset", "window", "available", "resetsAt" }.Select(member => problem.GetProperty(member).GetString()!));
    }

    [Fact]
    public async Task Shortage_WithoutAnEnd_SaysSo()
    {
        Answers("""{"refusal":{"code":"budget_no_limit","detail":"No."},"shortage":{"scope":"agent","asset":"USD","available":"0"}}""");
        using var response = await SayAsync();
        var problem = await response.IsProblemAsync(403, "budget_no_limit");
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (problem.GetProperty("window").ValueKind, problem.GetProperty("resetsAt").ValueKind));
    }

    [Fact]
    public async Task Info_HasTheSameBudget()
    {
        Answers("""{"value":{"messageCount":0,"budget":""" + Stored["{\"value\":".Length..^1] + "}}");
        using var response = await _client.GetAsync(new Uri("/agent/alice/info", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains($"\"budget\":{Shown},\"createdAt\"", await response.IsJsonAsync(), StringComparison.Ordinal);
    }

    private void Answers(string reply)
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Then(FakeSidecar.Text(200, reply));
    }

    private async Task<HttpResponseMessage> SayAsync()
    {
        using var content = new StringContent("""{"content":"hi"}""", Encoding.UTF8, "application/json");
        return await _client.PostAsync(new Uri("/agent/alice/message", UriKind.Relative), content, TestContext.Current.CancellationToken);
    }

    private async Task<HttpResponseMessage> PutAsync(string body)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await _client.PutAsync(new Uri("/agent/alice/budget", UriKind.Relative), content, TestContext.Current.CancellationToken);
    }
}
