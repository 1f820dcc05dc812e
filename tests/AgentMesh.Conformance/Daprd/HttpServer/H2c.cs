using System.Net;
using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Daprd.HttpServer;

/// <summary>dapr: pkg/api/http/server.go. The HTTP port has HTTP/2 without TLS too, by prior knowledge; what is said there is the same.</summary>
public sealed class H2c(Meshes meshes)
{
    [Theory]
    [OnEveryTarget("GET", "/v1.0/healthz", HttpStatusCode.NoContent)]
    [OnEveryTarget("GET", "/v1.0/metadata", HttpStatusCode.OK)]
    [OnEveryTarget("GET", "/v1.0/nothing", HttpStatusCode.NotFound)]
    public async Task Request_IsAnswered(Target target, string method, string path, HttpStatusCode status)
    {
        var app = (await meshes.SharedAsync(target)).App;
        using var request = app.Request(method, path);
        (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        using var response = await app.SendAsync(request);
        Assert.Equal((status, HttpVersion.Version20), (response.StatusCode, response.Version));
    }

    [Theory]
    [OnEveryTarget]
    public async Task Request_WithoutTheToken_Is401(Target target)
    {
        var app = (await meshes.SharedAsync(target)).App;
        using var request = app.Request("GET", "/v1.0/metadata");
        (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        request.Headers.Remove("dapr-api-token");
        using var response = await app.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }
}
