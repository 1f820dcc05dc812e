using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Daprd.Secret;

/// <summary>dapr: daprd/secret. Stores of a file and of the sidecar's environment, and who may read what.</summary>
public sealed class Http(Meshes meshes)
{
    [Theory]
    [OnEveryTarget("files/plain", """{"plain":"of-the-file"}""")]
    [OnEveryTarget("files/nested:inner", """{"nested:inner":"deep"}""")]
    [OnEveryTarget("environment/SECRET", """{"SECRET":"of-the-environment"}""")]
    // A variable that is not there is empty, not an error.
    [OnEveryTarget("environment/NEVER_SET", """{"NEVER_SET":""}""")]
    public async Task Secret_IsAMap(Target target, string path, string body)
    {
        var answer = await (await meshes.SharedAsync(target)).App.SendAsync("GET", $"/v1.0/secrets/{path}");
        answer.Is(200, body);
        Assert.Equal("application/json", answer.Header("Content-Type"));
    }

    [Theory]
    [OnEveryTarget("files/missing", 500, "ERR_SECRET_GET")]
    [OnEveryTarget("files/denied", 403, "ERR_PERMISSION_DENIED")]
    [OnEveryTarget("nobodys/plain", 401, "ERR_SECRET_STORE_NOT_FOUND")]
    // Its scope names the peer alone.
    [OnEveryTarget("peers-alone/PATH", 401, "ERR_SECRET_STORE_NOT_FOUND")]
    public async Task Secret_IsRefused(Target target, string path, int status, string code) =>
        (await (await meshes.SharedAsync(target)).App.SendAsync("GET", $"/v1.0/secrets/{path}")).IsError(status, code);

    [Theory]
    [OnEveryTarget]
    public async Task Bulk_HasWhatIsAllowed(Target target) =>
        (await (await meshes.SharedAsync(target)).App.SendAsync("GET", "/v1.0/secrets/files/bulk"))
            .IsJson(200, """{"nested:inner":{"nested:inner":"deep"},"plain":{"plain":"of-the-file"}}""");

    [Theory]
    [OnEveryTarget]
    public async Task Environment_HidesDaprsOwn(Target target)
    {
        var peer = (await meshes.SharedAsync(target)).Peer;
        (await peer.SendAsync("GET", "/v1.0/secrets/peers-alone/DAPR_API_TOKEN")).Is(200, """{"DAPR_API_TOKEN":""}""");
        (await peer.SendAsync("GET", "/v1.0/secrets/peers-alone/APP_API_TOKEN")).Is(200, """{"APP_API_TOKEN":""}""");
        (await peer.SendAsync("GET", "/v1.0/secrets/peers-alone/CONFORMANCE_SECRET")).Is(200, """{"CONFORMANCE_SECRET":"of-the-environment"}""");
    }
}
