using System.Net;
using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Daprd.HttpServer;

/// <summary>dapr: daprd/httpserver. Every route wants the token but the two that probes ask.</summary>
public sealed class ApiToken(Meshes meshes)
{
    [Theory]
    [OnEveryTarget("GET", "/v1.0/metadata", null)]
    [OnEveryTarget("GET", "/v1.0/metadata", "wrong")]
    [OnEveryTarget("POST", "/v1.0/publish/pubsub/plain", "")]
    [OnEveryTarget("PUT", "/v1.0/actors/plain/1/method/do", null)]
    [OnEveryTarget("POST", "/v1.0/healthz", null)]
    [OnEveryTarget("POST", "/v1.0/shutdown", null)]
    [OnEveryTarget("GET", "/no/route/at/all", null)]
    public async Task Request_WithoutTheToken_Is401InPlainText(Target target, string method, string path, string? token)
    {
        var app = (await meshes.SharedAsync(target)).App;
        using var request = app.Request(method, path);
        request.Headers.Remove("dapr-api-token");
        if (token is not null)
            request.Headers.TryAddWithoutValidation("dapr-api-token", token);
        using var response = await app.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("invalid api token", (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).TrimEnd());
    }

    [Theory]
    [OnEveryTarget("/v1.0/healthz")]
    [OnEveryTarget("/v1.0/healthz/outbound")]
    public async Task Health_NeedsNone(Target target, string path)
    {
        var app = (await meshes.SharedAsync(target)).App;
        using var request = app.Request("GET", path);
        request.Headers.Remove("dapr-api-token");
        using var response = await app.SendAsync(request);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }
}
