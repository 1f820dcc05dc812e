using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Daprd.HttpServer;

/// <summary>dapr: daprd/routes, daprd/httpserver. What matches no route is service invocation, and has to say whose.</summary>
public sealed class Routes(Meshes meshes)
{
    [Theory]
    [OnEveryTarget("GET", "/v1.0/nothing")]
    [OnEveryTarget("GET", "/")]
    [OnEveryTarget("GET", "/v2.0/metadata")]
    [OnEveryTarget("GET", "/v1.0/actors/plain/1/nothing/x")]
    public async Task UnknownPath_Is404(Target target, string method, string path) =>
        (await (await meshes.SharedAsync(target)).App.SendAsync(method, path)).IsError(404, "ERR_DIRECT_INVOKE");

    [Theory]
    [OnEveryTarget]
    public async Task Error_IsJson(Target target) =>
        Assert.StartsWith("application/json", (await (await meshes.SharedAsync(target)).App.SendAsync("GET", "/v1.0/nothing")).Header("Content-Type"), StringComparison.Ordinal);
}
