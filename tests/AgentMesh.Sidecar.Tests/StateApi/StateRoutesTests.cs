using System.Net;
using System.Text;
using System.Text.Json;
using AgentMesh.Sidecar.StateApi;
using AgentMesh.Sidecar.Tests.Runtime;

namespace AgentMesh.Sidecar.Tests.StateApi;

/// <summary>The state API over HTTP: statuses, codes and bodies as daprd gives them.</summary>
public sealed class StateRoutesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Redis)]
    public async Task SaveGetDelete(StoreKind kind)
    {
        await using var real = await RealStore.OpenAsync(kind);
        await using var sidecar = await StartAsync(real);
        Assert.Equal("204 ", await SendAsync(sidecar, "GET", "/v1.0/state/s/k"));
        Assert.Equal("204 ", await SendAsync(sidecar, "POST", "/v1.0/state/s", """[{"key":"k","value":{"a":1}},{"key":"n"}]"""));
        Assert.Equal("""200 {"a":1} etag 1""", await SendAsync(sidecar, "GET", "/v1.0/state/s/k"));
        Assert.Equal("200 null etag 1", await SendAsync(sidecar, "GET", "/v1.0/state/s/n"));
        Assert.Equal("204 ", await SendAsync(sidecar, "PUT", "/v1.0/state/s", """[{"key":"k","value":"text","etag":"1","options":{"concurrency":"first-write","consistency":"strong"}}]"""));
        Assert.Equal("""200 "text" etag 2""", await SendAsync(sidecar, "GET", "/v1.0/state/s/k"));
        Assert.Equal("409 ERR_STATE_DELETE", await SendAsync(sidecar, "DELETE", "/v1.0/state/s/k", ifMatch: "1"));
        Assert.Equal("204 ", await SendAsync(sidecar, "DELETE", "/v1.0/state/s/k", ifMatch: "2"));
        Assert.Equal("204 ", await SendAsync(sidecar, "DELETE", "/v1.0/state/s/k"));
        Assert.Equal("204 ", await SendAsync(sidecar, "GET", "/v1.0/state/s/k"));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Redis)]
    public async Task BulkAndTransaction(StoreKind kind)
    {
        await using var real = await RealStore.OpenAsync(kind);
        await using var sidecar = await StartAsync(real);
        Assert.Equal("204 ", await SendAsync(sidecar, "POST", "/v1.0/state/s/transaction",
            """{"operations":[{"operation":"upsert","request":{"key":"a","value":1}},{"operation":"upsert","request":{"key":"b","value":[2]}}],"metadata":{"x":"y"}}"""));
        Assert.Equal("""200 [{"key":"b","data":[2],"etag":"1"},{"key":"none"},{"key":"a","data":1,"etag":"1"}]""",
            await SendAsync(sidecar, "POST", "/v1.0/state/s/bulk", """{"keys":["b","none","a"],"parallelism":2}"""));
        Assert.Equal("409 ERR_STATE_TRANSACTION", await SendAsync(sidecar, "POST", "/v1.0/state/s/transaction",
            """{"operations":[{"operation":"delete","request":{"key":"a"}},{"operation":"upsert","request":{"key":"b","value":3,"etag":"9"}}]}"""));
        Assert.Equal("200 1 etag 1", await SendAsync(sidecar, "GET", "/v1.0/state/s/a"));
        Assert.Equal("200 []", await SendAsync(sidecar, "POST", "/v1.0/state/s/bulk", """{"keys":[]}"""));
        Assert.Equal("204 ", await SendAsync(sidecar, "POST", "/v1.0/state/s/transaction", """{"operations":[]}"""));
        Assert.Equal("204 ", await SendAsync(sidecar, "POST", "/v1.0/state/s", "[]"));
    }

    [Theory]
    [InlineData("GET", "/v1.0/state/other/k", null, "400 ERR_STATE_STORE_NOT_FOUND")]
    [InlineData("POST", "/v1.0/state/other", "[]", "400 ERR_STATE_STORE_NOT_FOUND")]
    [InlineData("GET", "/v1.0/state/s/a%7C%7Cb", null, "400 ERR_MALFORMED_REQUEST")]
    [InlineData("DELETE", "/v1.0/state/s/a%7C%7Cb", null, "400 ERR_MALFORMED_REQUEST")]
    [InlineData("POST", "/v1.0/state/s", """[{"key":"a||b"}]""", "400 ERR_MALFORMED_REQUEST")]
    [InlineData("POST", "/v1.0/state/s/bulk", """{"keys":["a||b"]}""", "400 ERR_MALFORMED_REQUEST")]
    [InlineData("POST", "/v1.0/state/s", "no json", "400 ERR_MALFORMED_REQUEST")]
    [InlineData("POST", "/v1.0/state/s", """{"key":"k"}""", "400 ERR_MALFORMED_REQUEST")]
    [InlineData("POST", "/v1.0/state/s", """[{"key":1}]""", "400 ERR_MALFORMED_REQUEST")]
    [InlineData("POST", "/v1.0/state/s", """[{"key":"k","etag":1}]""", "400 ERR_MALFORMED_REQUEST")]
    [InlineData("POST", "/v1.0/state/s/transaction", "[]", "400 ERR_MALFORMED_REQUEST")]
    [InlineData("POST", "/v1.0/state/s/bulk", "[]", "400 ERR_MALFORMED_REQUEST")]
    [InlineData("POST", "/v1.0/state/s", """[{"key":"k","value":1,"etag":"x"}]""", "400 ERR_STATE_SAVE")]
    [InlineData("POST", "/v1.0/state/s", """[{"key":"k","value":1,"options":{"concurrency":"x"}}]""", "500 ERR_STATE_SAVE")]
    [InlineData("POST", "/v1.0/state/s", """[{"key":"k","value":1,"metadata":{"ttlInSeconds":"x"}}]""", "500 ERR_STATE_SAVE")]
    [InlineData("POST", "/v1.0/state/s", """[{"key":"known","value":1,"etag":"9"}]""", "409 ERR_STATE_SAVE")]
    [InlineData("POST", "/v1.0/state/s", """[{"key":"known","value":1,"etag":"9","options":{"concurrency":"last-write"}}]""", "204 ")]
    [InlineData("DELETE", "/v1.0/state/s/known?concurrency=x", null, "500 ERR_STATE_DELETE")]
    [InlineData("POST", "/v1.0/state/s/transaction", """{"operations":[{"operation":"x","request":{"key":"k"}}]}""", "400 ERR_NOT_SUPPORTED_STATE_OPERATION")]
    [InlineData("PATCH", "/v1.0/state/s/k", "", "404 ERR_DIRECT_INVOKE")]
    public async Task Refusals(string method, string path, string? body, string expected)
    {
        await using var real = await RealStore.OpenAsync(StoreKind.Sqlite);
        await using var sidecar = await StartAsync(real);
        await SendAsync(sidecar, "POST", "/v1.0/state/s", """[{"key":"known","value":1}]""");
        Assert.Equal(expected, await SendAsync(sidecar, method, path, body));
    }

    [Fact]
    public async Task NoStore_IsNotConfigured_AndTheErrorTellsItsDetails()
    {
        await using var sidecar = await SidecarHarness.StartAsync([SidecarHarness.Define("app", 1)]);
        using var answer = await sidecar.Client.GetAsync("/v1.0/state/s/k", Token);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal(
            """{"errorCode":"ERR_STATE_STORE_NOT_CONFIGURED","message":"state store s is not configured","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"DAPR_STATE_NOT_CONFIGURED","domain":"dapr.io","metadata":{"appID":"app"}},{"@type":"type.googleapis.com/google.rpc.ResourceInfo","resource_type":"state","resource_name":"s","owner":"","description":""}]}""",
            await answer.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task StoreThatFails_IsTold()
    {
        await using var sidecar = await SidecarHarness.StartAsync([Define()]);
        sidecar.Store.Failure = new IOException("disk full");
        Assert.Equal("500 ERR_STATE_GET", await SendAsync(sidecar, "GET", "/v1.0/state/s/k"));
        Assert.Equal("500 ERR_STATE_SAVE", await SendAsync(sidecar, "POST", "/v1.0/state/s", """[{"key":"k","value":1}]"""));
        Assert.Equal("500 ERR_STATE_DELETE", await SendAsync(sidecar, "DELETE", "/v1.0/state/s/k"));
    }

    [Theory]
    [InlineData(null, "app||")]
    [InlineData("", "app||")]
    [InlineData("appid", "app||")]
    [InlineData("name", "store||")]
    [InlineData("NAME", "store||")]
    [InlineData("namespace", "default.app||")]
    [InlineData("none", "")]
    [InlineData("shared", "shared||")]
    public void Prefix(string? strategy, string expected) => Assert.Equal(expected, KeyPrefix.Of(strategy, "store", "default", "app"));

    [Fact]
    public void Prefix_WithTheSeparator_IsRefused() => Assert.Throws<FormatException>(() => KeyPrefix.Of("a||b", "store", "default", "app"));

    [Fact]
    public async Task Fidelity_RoundsWhatIsSavedAsJson()
    {
        await using var sidecar = await SidecarHarness.StartAsync([Define()], configure: options => options with { StateFidelity = new StateFidelity(1) });
        await SendAsync(sidecar, "POST", "/v1.0/state/s", """[{"key":"k","value":0.1234567891}]""");
        Assert.Equal("0.123457", Encoding.UTF8.GetString(sidecar.Store.Values["app||k"]));
    }

    private static AgentMesh.Sidecar.Runtime.AppDefinition Define() =>
        SidecarHarness.Define("app", 1) with { StateStores = new Dictionary<string, string> { ["s"] = "app||" } };

    private static Task<SidecarHarness> StartAsync(RealStore real) => SidecarHarness.StartAsync([Define()], store: real.Store);

    private static async Task<string> SendAsync(SidecarHarness sidecar, string method, string path, string? body = null, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body);
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        using var answer = await sidecar.Client.SendAsync(request, Token);
        var text = await answer.Content.ReadAsStringAsync(Token);
        if ((int)answer.StatusCode >= 400)
        {
            using var error = JsonDocument.Parse(text);
            text = error.RootElement.GetProperty("errorCode").GetString()!;
        }

        return $"{(int)answer.StatusCode} {text}{(answer.Headers.NonValidated.TryGetValues("ETag", out var etag) ? $" etag {etag}" : "")}";
    }
}
