using AgentMesh.Testing.ModelServer;

namespace AgentMesh.EndToEnd;

/// <summary>Tools that a model calls, over the real processes: the run asks the agent through its sidecar.</summary>
public sealed class ToolTests
{
    [Fact]
    public async Task Model_FindsOlderMessagesOfTheAgent()
    {
        await using var model = await ModelServerProcess.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var store = await TestStore.CreateAsync(StoreKind.Embedded);
        await using var mesh = await Mesh.StartAsync(store.Data, options: MeshOptions.Model(model, "search"));
        using var client = new AgentClient(mesh.Ready.Gateway);
        Assert.Contains("Nothing was found here.", (await client.PostAsync("alice", "parrot")).Response, StringComparison.Ordinal);
        Assert.Contains(" user: parrot", (await client.PostAsync("alice", "PARROT")).Response, StringComparison.Ordinal);
        Assert.Contains("Nothing was found here.", (await client.PostAsync("bob", "parrot")).Response, StringComparison.Ordinal);
    }
}
