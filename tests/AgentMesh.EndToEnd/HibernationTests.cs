namespace AgentMesh.EndToEnd;

/// <summary>Sockets stay while the agent sleeps.</summary>
public sealed class HibernationTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task SocketOfASleepingAgent_HearsTheMessageThatWakesIt_WithItsStateFromTheStore(StoreKind kind)
    {
        LongForm.UnlessOn(kind, StoreKind.Redis);
        await using var store = await TestStore.CreateAsync(kind);
        await using var mesh = await Mesh.StartAsync(store.Data, store.Redis, "ready.json", "--set", "AgentMesh__Actors__IdleTimeoutSeconds=1");
        using var client = new AgentClient(mesh.Ready.Gateway);
        using var socket = new AgentSocket("sleeper", () => mesh.Ready.Gateway);
        socket.Start();
        await client.PostAsync("sleeper", "good night");
        await socket.WaitForAsync(2, Patience);
        Assert.Equal(1, await mesh.ActiveAgentsAsync());

        // Nothing of it is left in the agents process but what any agent costs; the process forgets it only by a deactivation.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        while (await mesh.ActiveAgentsAsync() > 0)
            await Task.Delay(100, limit.Token);
        Assert.Equal(1, socket.Connections);

        var answer = await client.PostAsync("sleeper", "good morning");
        Assert.StartsWith("I remember our conversation (2 messages). You said: \"good morning\".", answer.Response, StringComparison.Ordinal);
        await socket.WaitForAsync(4, Patience);
        await socket.StopAsync();
        Assert.Equal(1, socket.Connections);
        Assert.Empty(socket.Faults);
        Assert.Equal(4, socket.Events.Count);
    }
}
