using System.Globalization;
using System.Net.Http.Json;

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
        await using var store = await TestStore.CreateAsync(kind);
        await using var mesh = await Mesh.StartAsync(store.Data, store.Redis, "ready.json", "--set", "AgentMesh__Actors__IdleTimeoutSeconds=1");
        using var client = new AgentClient(mesh.Ready.Gateway);
        using var socket = new AgentSocket("sleeper", () => mesh.Ready.Gateway);
        socket.Start();
        await client.PostAsync("sleeper", "good night");
        await socket.WaitForAsync(2, Patience);
        Assert.Equal(1, await ActiveAgentsAsync(mesh));

        // Nothing of it is left in the agents process but what any agent costs; the process forgets it only by a deactivation.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        while (await ActiveAgentsAsync(mesh) > 0)
            await Task.Delay(100, limit.Token);
        Assert.Equal(1, socket.Connections);

        var answer = await client.PostAsync("sleeper", "good morning");
        Assert.Equal("I remember our conversation (2 messages). You said: \"good morning\".", answer.Response);
        await socket.WaitForAsync(4, Patience);
        await socket.StopAsync();
        Assert.Equal(1, socket.Connections);
        Assert.Empty(socket.Faults);
        Assert.Equal(4, socket.Events.Count);
    }

    /// <summary>Active actors as the Dapr metadata of the agents' sidecar counts them.</summary>
    private static async Task<int> ActiveAgentsAsync(Mesh mesh)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{mesh.Ready.App("agents").DaprHttpPort}/v1.0/metadata"));
        request.Headers.Add("dapr-api-token", Mesh.DaprToken);
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        var metadata = await answer.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>(TestContext.Current.CancellationToken);
        // A type without active actors is not listed, and without any neither is the list.
        return metadata.GetProperty("actorRuntime").TryGetProperty("activeActors", out var types)
            ? types.EnumerateArray().Where(type => type.GetProperty("type").GetString() == "AgentActor").Sum(type => type.GetProperty("count").GetInt32())
            : 0;
    }
}
