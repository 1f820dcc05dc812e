using System.Text.Json;

namespace AgentMesh.Gateway.Tests.Admin;

/// <summary>An operator has a tenant's wallets encrypted with the newest master key, part by part.</summary>
public sealed class RotateWalletsTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private readonly HttpClient _client = fixture.Gateway.Client();

    [Fact]
    public async Task Rotate_AsksEachAgent_TellsTheList_AndSaysHowFarItIs()
    {
        fixture.Sidecar.Reset();
        var left = 4;
        fixture.Sidecar.Agent = call => MethodOf(call) switch
        {
            "TakeWallets" => call.Body.Contains("\"most\":100", StringComparison.Ordinal)
                ? """{"value":{"keyId":"new","users":["alice","bob","carol","dave"],"next":"7:dave","left":4}}"""
                : $$$"""{"value":{"keyId":"new","users":[],"left":{{{left}}}}}""",
            "NoteWallets" => Noted(),
            _ when call.Path.Contains("default:alice", StringComparison.Ordinal) => """{"value":{"address":"0x1","keyId":"new"}}""",
            _ when call.Path.Contains("default:bob", StringComparison.Ordinal) => """{"refusal":{"code":"wallet_not_found","detail":"none"}}""",
            _ when call.Path.Contains("default:carol", StringComparison.Ordinal) => """{"refusal":{"code":"wallet_key_missing","detail":"The key abc is missing."}}""",
            _ => """{"value":{"address":"0x4","keyId":"old"}}""",
        };
        using var response = await PostAsync("");
        Assert.Equal(
            """{"done":1,"left":2,"keyId":"new","cursor":"7:dave","failed":[{"userId":"carol","code":"wallet_key_missing","detail":"The key abc is missing."},{"userId":"dave","code":"wallet_unavailable","detail":"The agent's process has not read the newest master key yet."}]}""",
            await response.IsJsonAsync());
        var note = JsonElement.Parse(fixture.Sidecar.Calls.Single(call => MethodOf(call) == "NoteWallets").Body).GetProperty("wallets");
        Assert.Equal(
            ["""{"user":"alice","keyId":"new"}""", """{"user":"bob"}"""],
            note.EnumerateArray().Select(wallet => wallet.GetRawText()).Order(StringComparer.Ordinal));
        Assert.Equal(4, fixture.Sidecar.Calls.Count(call => MethodOf(call) == "SealWallet" && call.Body == """{"keyId":"new"}"""));

        string Noted()
        {
            left = 2;
            return """{"value":{"noRoom":0}}""";
        }
    }

    [Theory]
    [InlineData("""{"value":{"keyId":"new","users":[],"left":0}}""", """{"done":0,"left":0,"keyId":"new","cursor":null,"failed":[]}""")]
    [InlineData("""{"value":{"users":[],"left":0}}""", """{"done":0,"left":0,"keyId":null,"cursor":null,"failed":[]}""")]
    [InlineData("""{"value":{"keyId":"new","users":[],"next":"64:","left":3}}""", """{"done":0,"left":3,"keyId":"new","cursor":"64:","failed":[]}""")]
    public async Task NothingOnThisPage_IsOneQuestion(string answer, string body)
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Agent = null;
        fixture.Sidecar.Then(FakeSidecar.Text(200, answer));
        using var response = await PostAsync("?tenant=acme&cursor=12:zoe");
        Assert.Equal(body, await response.IsJsonAsync());
        var call = Assert.Single(fixture.Sidecar.Calls);
        Assert.EndsWith("/actors/TenantActor/acme/method/TakeWallets", call.Path, StringComparison.Ordinal);
        Assert.Equal("""{"after":"12:zoe","most":100}""", call.Body);
    }

    [Theory]
    [InlineData("?tenant=", 400, "invalid_request")]
    [InlineData("?tenant=A", 400, "invalid_request")]
    [InlineData("?tenant=a&tenant=b", 400, "invalid_request")]
    [InlineData("?cursor=a&cursor=b", 400, "invalid_cursor")]
    public async Task WhatIsNoPlace_IsRefused(string query, int status, string code)
    {
        fixture.Sidecar.Reset();
        using var response = await PostAsync(query);
        await response.IsProblemAsync(status, code);
        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Fact]
    public async Task RefusalOfTheTenant_IsTheAnswer()
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Then(FakeSidecar.Text(200, """{"refusal":{"code":"wallet_unavailable","detail":"not reached"}}"""));
        using var response = await PostAsync("");
        await response.IsProblemAsync(503, "wallet_unavailable");
    }

    private static string MethodOf(SidecarCall call) => call.Path[(call.Path.LastIndexOf('/') + 1)..];

    private Task<HttpResponseMessage> PostAsync(string query) =>
        _client.PostAsync(new Uri("/admin/wallets/rotate" + query, UriKind.Relative), null, TestContext.Current.CancellationToken);
}
