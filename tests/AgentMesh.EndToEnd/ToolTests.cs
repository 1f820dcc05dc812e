namespace AgentMesh.EndToEnd;

/// <summary>Tools that a model calls, over the real processes: the run asks the agent through its sidecar.</summary>
[Collection(nameof(CallingMeshes))]
public sealed class ToolTests(CallingMeshes meshes)
{
    [Fact]
    public async Task Model_FindsOlderMessagesOfTheAgent()
    {
        var mesh = await meshes.OnAsync(StoreKind.Embedded);
        using var client = new AgentClient(mesh.Ready.Gateway);
        Assert.Contains("Nothing was found here.", (await client.PostAsync("tool-alice", "parrot")).Response, StringComparison.Ordinal);
        Assert.Contains(" user: parrot", (await client.PostAsync("tool-alice", "PARROT")).Response, StringComparison.Ordinal);
        Assert.Contains("Nothing was found here.", (await client.PostAsync("tool-bob", "parrot")).Response, StringComparison.Ordinal);
    }
}
