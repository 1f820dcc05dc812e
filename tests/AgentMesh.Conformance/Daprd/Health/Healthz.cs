using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Daprd.Health;

/// <summary>dapr: actors/healthz, pkg/api/http/healthz. Whether the sidecar is ready, and whether it can be used.</summary>
public sealed class Healthz(Meshes meshes)
{
    [Theory]
    [OnEveryTarget("/v1.0/healthz")]
    [OnEveryTarget("/v1.0/healthz/outbound")]
    [OnEveryTarget("/v1.0/healthz?appid=app")]
    public async Task Ready_Is204(Target target, string path) => (await (await meshes.SharedAsync(target)).App.SendAsync("GET", path)).Is(204, "");

    [Theory]
    [OnEveryTarget]
    public async Task AppIdOfAnother_Is500(Target target) =>
        (await (await meshes.SharedAsync(target)).App.SendAsync("GET", "/v1.0/healthz?appid=somebody")).IsError(500, "ERR_HEALTH_APPID_NOT_MATCH");
}
