using System.Net;
using System.Text.Json;
using AgentMesh.Sidecar.Tests.Runtime;

namespace AgentMesh.Sidecar.Tests.Http;

public sealed class SidecarApiTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    [InlineData("localhost")]
    public async Task Ports_ListenOnBothFamilies(string host)
    {
        await using var app = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(app);
        using var answer = await sidecar.Client.GetAsync($"http://{host}:{sidecar.Apps[0].DaprHttpPort}/v1.0/healthz", Token);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    [Fact]
    public async Task Health_WaitsForTheApp_OutboundDoesNot()
    {
        await using var app = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync([SidecarHarness.Define("app", app.Port)]);
        Assert.Equal((HttpStatusCode.InternalServerError, "ERR_HEALTH_NOT_READY"), await GetAsync(sidecar, "/v1.0/healthz"));
        Assert.Equal((HttpStatusCode.NoContent, null), await GetAsync(sidecar, "/v1.0/healthz/outbound"));
        await sidecar.ConnectAsync();
        Assert.Equal((HttpStatusCode.NoContent, null), await GetAsync(sidecar, "/v1.0/healthz"));
        Assert.Equal((HttpStatusCode.NoContent, null), await GetAsync(sidecar, "/v1.0/healthz?appid=app"));
        Assert.Equal((HttpStatusCode.InternalServerError, "ERR_HEALTH_APPID_NOT_MATCH"), await GetAsync(sidecar, "/v1.0/healthz?appid=other"));
    }

    [Theory]
    [InlineData("/v1.0/metadata", HttpStatusCode.Unauthorized)]
    [InlineData("/v1.0/actors/T/1/state/k", HttpStatusCode.Unauthorized)]
    [InlineData("/anything", HttpStatusCode.Unauthorized)]
    [InlineData("/v1.0/healthz", HttpStatusCode.NoContent)]
    [InlineData("/v1.0/healthz/outbound", HttpStatusCode.NoContent)]
    public async Task Token_IsDemandedOfAllButHealth(string path, HttpStatusCode status)
    {
        await using var app = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(app, daprToken: "secret");
        using var without = await sidecar.Client.GetAsync(path, Token);
        Assert.Equal(status, without.StatusCode);
        if (status == HttpStatusCode.Unauthorized)
            Assert.Equal("invalid api token", await without.Content.ReadAsStringAsync(Token));

        using var wrong = await SendAsync(sidecar, path, "wrong");
        Assert.Equal(status, wrong.StatusCode);
        using var right = await SendAsync(sidecar, path, "secret");
        Assert.NotEqual(HttpStatusCode.Unauthorized, right.StatusCode);
    }

    [Fact]
    public async Task Token_OfTheSidecar_IsNotPassedToTheApp()
    {
        await using var app = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(app, daprToken: "secret", appToken: "for-the-app");
        using var request = new HttpRequestMessage(HttpMethod.Put, "/v1.0/actors/T/1/method/Do");
        request.Headers.Add("dapr-api-token", "secret");
        using var answer = await sidecar.Client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("for-the-app", Assert.Single(app.Calls("PUT")).Headers["dapr-api-token"]);
    }

    [Fact]
    public async Task Metadata_TellsWhatRuns_AndKeepsWhatWasPut()
    {
        await using var app = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(app);
        using (var content = new StringContent("dotnet app.dll"))
        using (var put = await sidecar.Client.PutAsync("/v1.0/metadata/appCommand", content, Token))
            Assert.Equal(HttpStatusCode.NoContent, put.StatusCode);
        using (await sidecar.Client.PutAsync("/v1.0/actors/T/1/method/Do", null, Token))
        {
        }

        using var document = JsonDocument.Parse(await sidecar.Client.GetStringAsync("/v1.0/metadata", Token));
        var root = document.RootElement;
        Assert.Equal("app", root.GetProperty("id").GetString());
        Assert.Equal("dotnet app.dll", root.GetProperty("extended").GetProperty("appCommand").GetString());
        Assert.Equal(app.Port, root.GetProperty("appConnectionProperties").GetProperty("port").GetInt32());
        Assert.Equal("RUNNING", root.GetProperty("actorRuntime").GetProperty("runtimeStatus").GetString());
        Assert.Equal("""[{"type":"T","count":1}]""", root.GetProperty("actorRuntime").GetProperty("activeActors").GetRawText());
    }

    [Fact]
    public async Task Shutdown_IsAnswered_AndThenAskedForTheWholeMesh()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var sidecar = await SidecarHarness.StartAsync(
            [SidecarHarness.Define("app", 1)], daprToken: "secret", configure: options => options with { ShutdownRequested = asked.SetResult });
        using (var without = await sidecar.Client.PostAsync("/v1.0/shutdown", null, Token))
            Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.False(asked.Task.IsCompleted);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1.0/shutdown");
        request.Headers.Add("dapr-api-token", "secret");
        using var answer = await sidecar.Client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        await asked.Task.WaitAsync(Token);
    }

    [Fact]
    public async Task ActorState_WithDaprdsFidelity_IsRoundedWhenWritten()
    {
        await using var app = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(
            [SidecarHarness.Define("app", app.Port)], configure: options => options with { StateFidelity = new AgentMesh.Sidecar.StateApi.StateFidelity(1) });
        await sidecar.ConnectAsync();
        using (await sidecar.Client.PutAsync("/v1.0/actors/T/1/method/Do", null, Token))
        {
        }

        using var content = new StringContent("""[{"operation":"upsert","request":{"key":"k","value":[0.1234567891,9007199254740993]}}]""");
        using (var written = await sidecar.Client.PostAsync("/v1.0/actors/T/1/state", content, Token))
            Assert.Equal(HttpStatusCode.NoContent, written.StatusCode);
        Assert.Equal("[0.123457,9007199254740992]", await sidecar.Client.GetStringAsync("/v1.0/actors/T/1/state/k", Token));
    }

    [Fact]
    public async Task ActorState_WithATimeToLive_IsRefusedAsDaprdDoesWithoutTheFlag()
    {
        await using var app = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(app);
        using var content = new StringContent("""[{"operation":"upsert","request":{"key":"k","value":1,"metadata":{"ttlInSeconds":"90"}}}]""");
        using var refused = await sidecar.Client.PostAsync("/v1.0/actors/T/1/state", content, Token);
        Assert.Equal(HttpStatusCode.InternalServerError, refused.StatusCode);
        Assert.Contains("ActorStateTTL", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnUnknownPath_WithoutATarget_IsDaprs404()
    {
        await using var app = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(app);
        Assert.Equal((HttpStatusCode.NotFound, "ERR_DIRECT_INVOKE"), await GetAsync(sidecar, "/nothing/here"));
        Assert.Equal((HttpStatusCode.NotFound, "ERR_DIRECT_INVOKE"), await GetAsync(sidecar, "/v1.0/unknown"));
        Assert.Equal((HttpStatusCode.NotFound, "ERR_DIRECT_INVOKE"), await GetAsync(sidecar, "/v1.0/actors/T/1/unknown"));
        Assert.Equal((HttpStatusCode.NotFound, "ERR_DIRECT_INVOKE"), await GetAsync(sidecar, "/"));
    }

    private static async Task<HttpResponseMessage> SendAsync(SidecarHarness sidecar, string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("dapr-api-token", token);
        return await sidecar.Client.SendAsync(request, Token);
    }

    private static async Task<(HttpStatusCode Status, string? Code)> GetAsync(SidecarHarness sidecar, string path)
    {
        using var answer = await sidecar.Client.GetAsync(path, Token);
        var body = await answer.Content.ReadAsStringAsync(Token);
        if (body.Length == 0)
            return (answer.StatusCode, null);
        using var document = JsonDocument.Parse(body);
        return (answer.StatusCode, document.RootElement.GetProperty("errorCode").GetString());
    }
}
