using AgentMesh.Conformance.Apps;
using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Daprd.HttpServer;

/// <summary>Headers above the read buffer (4 KiB by default) are refused before any route is looked at.</summary>
public sealed class Limits(Meshes meshes)
{
    [Theory]
    [OnEveryTarget(3000, 200)]
    // Go adds 4 KiB of its own to the limit.
    [OnEveryTarget(9000, 431)]
    public async Task Headers(Target target, int length, int status)
    {
        var app = (await meshes.SharedAsync(target)).App;
        using var request = app.Request("GET", "/v1.0/metadata", headers: ("X-Large", new string('x', length)));
        using var response = await app.SendAsync(request);
        Assert.Equal(status, (await Answer.ReadAsync(response)).Status);
    }
}
