using System.Text.Json;

namespace AgentMesh.Gateway.Tests.Admin;

/// <summary>An operator reads which agents a tenant has.</summary>
public sealed class AgentListTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private readonly HttpClient _client = fixture.Gateway.Client();

    [Fact]
    public async Task List_IsTheTenants_AndGoesOnWhereItWas()
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Agent = _ => """{"value":{"agents":[{"user":"alice","bytes":812}],"next":"7:alice","total":2,"bytes":70000}}""";
        using var response = await GetAsync("?tenant=acme&limit=1&cursor=3:x");
        Assert.Equal(
            """{"agents":[{"userId":"alice","storedBytes":812}],"total":2,"storedBytes":70000,"cursor":"7:alice"}""", await response.IsJsonAsync());
        var call = Assert.Single(fixture.Sidecar.Calls);
        Assert.EndsWith("/actors/TenantActor/acme/method/ListAgents", call.Path, StringComparison.Ordinal);
        Assert.Equal("""{"after":"3:x","most":1}""", call.Body);
    }

    [Fact]
    public async Task List_WithoutParameters_IsTheBeginningOfTheCallersOwn()
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Agent = _ => """{"value":{"agents":[],"total":0,"bytes":0}}""";
        using var response = await GetAsync("");
        Assert.Equal("""{"agents":[],"total":0,"storedBytes":0,"cursor":null}""", await response.IsJsonAsync());
        var call = Assert.Single(fixture.Sidecar.Calls);
        Assert.EndsWith("/actors/TenantActor/default/method/ListAgents", call.Path, StringComparison.Ordinal);
        Assert.Equal(100, JsonElement.Parse(call.Body).GetProperty("most").GetInt32());
    }

    [Theory]
    [InlineData("?limit=0", "invalid_limit")]
    [InlineData("?limit=501", "invalid_limit")]
    [InlineData("?limit=1&limit=2", "invalid_limit")]
    [InlineData("?cursor=a&cursor=b", "invalid_cursor")]
    [InlineData("?tenant=NO", "invalid_request")]
    public async Task QuestionThatIsNone_IsRefused_AndNobodyIsAsked(string query, string code)
    {
        fixture.Sidecar.Reset();
        using var response = await GetAsync(query);
        await response.IsProblemAsync(400, code);
        Assert.Empty(fixture.Sidecar.Calls);
    }

    private Task<HttpResponseMessage> GetAsync(string query) => _client.GetAsync(new Uri("/admin/agents" + query, UriKind.Relative), TestContext.Current.CancellationToken);
}
